"""Who may open an account by himself: nobody, yet; an administrator opens it, a State's provider only recognises it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator

from karama.portal.language import page_language, told
from karama.portal.sign_in_words import LONG_ENOUGH, SLIPS
from karama.record.models import Account

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin
    from django.http import HttpRequest


_SAID = {name: told(label) for name, label in SLIPS.items()}


class LongEnoughValidator(MinimumLengthValidator):
    """Django's own, whose Arabic is lost beside the library's catalogue with other plural forms: it spoke French."""

    def get_error_message(self) -> str:
        """What is wrong with a password that is too short."""
        return self.get_help_text()

    def get_help_text(self) -> str:
        """What is asked for."""
        return LONG_ENOUGH.get(page_language()).format(self.min_length)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in with a password."""

    error_messages: ClassVar = {**DefaultAccountAdapter.error_messages, **_SAID}

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library's signature
        """Closed."""
        return False


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second factor."""

    error_messages: ClassVar = {**DefaultMFAAdapter.error_messages, **_SAID}


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in with a State's provider."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Know the person by the account of the same name, as long as it has no other person of the provider.

        What the provider calls ``preferred_username`` is the name an administrator opened the account with.  From the
        first sign-in on it is the provider's own number (``sub``) that counts, whatever the name becomes.
        """
        if sociallogin.is_existing:
            return
        told = sociallogin.account.extra_data
        name = (told.get("userinfo") or told.get("id_token") or told).get("preferred_username")
        account = Account.objects.filter(username=name, socialaccount=None).first() if name else None
        if account is not None:
            sociallogin.connect(request, account)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002 - the same
        """Closed: the provider's person must have been given an account here."""
        return False


def client_address(request: HttpRequest) -> str:
    """The address of who asks: what the outermost of our own proxies saw, never what a stranger wrote before it."""
    proxies: int = settings.ENVIRONMENT.proxies
    forwarded = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
