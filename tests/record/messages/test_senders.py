"""Each sender says truly whether a message was accepted, certainly not sent, or perhaps sent."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from karama.foundation.errors import BadInputError
from karama.record.messages.segments import encoded
from karama.record.messages.senders import Outgoing, Result, sender_from
from karama.record.messages.senders.gateway import Gateway
from karama.record.messages.senders.local import ConsoleSender, FileSender
from karama.record.messages.senders.smpp import SmppSender
from karama.record.messages.senders.smpp.pdu import submit_body
from karama.record.messages.states import Outcome
from tests.record.messages.operators import CentreState, GatewayState, centre, gateway

if TYPE_CHECKING:
    from pathlib import Path

FRENCH = Outgoing("notice:1", "+212612345678", "ASD: demande acceptée.")
ARABIC = Outgoing("notice:2", "+212612345678", "الدعم المباشر: تم قبول طلبكم. " * 4)
PATIENCE = 0.4


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class TestLocal:
    def test_the_console_shows_one_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert ConsoleSender().send(FRENCH).outcome is Outcome.SENT
        told = json.loads(capsys.readouterr().out)
        assert told == {"key": "notice:1", "to": "+212612345678", "text": "ASD: demande acceptée."}

    def test_the_file_holds_one_line_per_message_that_only_its_owner_reads(self, tmp_path: Path) -> None:
        sender = FileSender(str(tmp_path / "sms"))
        assert [sender.send(one).outcome for one in (FRENCH, ARABIC)] == [Outcome.SENT] * 2
        lines = (tmp_path / "sms").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["text"] for line in lines] == [FRENCH.text, ARABIC.text]
        assert (tmp_path / "sms").stat().st_mode & 0o777 == 0o600

    def test_a_missing_folder_is_tried_again_later(self, tmp_path: Path) -> None:
        assert FileSender(str(tmp_path / "no" / "sms")).send(FRENCH).outcome is Outcome.LATER


class TestGateway:
    def test_a_message_is_posted_with_its_key_and_the_token(self) -> None:
        state = GatewayState()
        with gateway(state) as address:
            result = Gateway(address, "t0ken", "Karama").send(ARABIC)
        assert result == Result(Outcome.SENT, "HTTP 200", "g-1")
        ((headers, body),) = state.requests
        assert headers["Idempotency-Key"] == "notice:2"
        assert headers["Authorization"] == "Bearer t0ken"
        assert body == {"to": ARABIC.address, "from": "Karama", "text": ARABIC.text, "encoding": "ucs2"}

    @pytest.mark.parametrize(
        ("status", "outcome"),
        [(429, "later"), (503, "later"), (500, "later"), (502, "later"), (400, "refused"), (403, "refused")],
    )
    def test_what_each_status_means(self, status: int, outcome: str) -> None:
        with gateway(GatewayState(statuses=[status])) as address:
            result = Gateway(address, "", "Karama").send(FRENCH)
        assert (result.outcome, result.detail) == (outcome, f"HTTP {status}")

    @pytest.mark.parametrize(("status", "outcome"), [(429, "later"), (503, "later"), (500, "unsure"), (504, "unsure")])
    def test_a_gateway_without_keys_may_have_sent_what_it_failed_on(self, status: int, outcome: str) -> None:
        with gateway(GatewayState(statuses=[status])) as address:
            assert Gateway(f"{address}#once", "", "Karama").send(FRENCH).outcome == outcome

    def test_an_answer_that_comes_late_is_asked_for_again_and_the_message_goes_out_once(self) -> None:
        state = GatewayState(slow=[PATIENCE * 3])
        with gateway(state) as address:
            sender = Gateway(address, "", "Karama", timeout=PATIENCE)
            results = [sender.send(FRENCH).outcome for _ in range(2)]
        assert results == [Outcome.LATER, Outcome.SENT]
        assert state.sent == [FRENCH.text]

    def test_a_late_answer_of_a_gateway_without_keys_is_left_to_a_person(self) -> None:
        state = GatewayState(slow=[PATIENCE * 3], honours_keys=False)
        with gateway(state) as address:
            result = Gateway(f"{address}#once", "", "Karama", timeout=PATIENCE).send(FRENCH)
        assert result.outcome is Outcome.UNSURE
        assert state.sent == [FRENCH.text]

    def test_where_nobody_listens_the_message_is_certainly_not_sent(self) -> None:
        result = Gateway(f"http://127.0.0.1:{closed_port()}/#once", "", "Karama").send(FRENCH)
        assert (result.outcome, result.detail) == (Outcome.LATER, "no connection: ConnectionRefusedError")


def smpp(port: int, query: str = "", password: str = "secret") -> SmppSender:
    return SmppSender(f"smpp://karama@127.0.0.1:{port}{query}", password, "Karama", timeout=PATIENCE)


class TestSmpp:
    def test_a_short_french_text_is_one_submission_in_seven_bits(self) -> None:
        state = CentreState()
        with centre(state) as port:
            sender = smpp(port)
            result = sender.send(FRENCH)
            sender.close()
        assert result == Result(Outcome.SENT, remote_id="m-1")
        (one,) = state.submitted
        assert (one.origin, one.address, one.esm_class, one.coding) == ("Karama", "212612345678", 0, 0)
        assert one.text == encoded(FRENCH.text, "gsm7")
        assert one.payload is None
        assert state.commands == [0x09, 0x04, 0x06]

    def test_a_long_arabic_text_goes_in_parts_that_the_telephone_joins(self) -> None:
        state = CentreState()
        with centre(state) as port:
            sender = smpp(port)
            result = sender.send(ARABIC)
            sender.close()
        assert (result.outcome, result.remote_id) == (Outcome.SENT, "m-1 m-2")
        first, second = state.submitted
        assert (first.esm_class, first.coding) == (0x40, 8)
        assert [list(part.text[:3]) for part in (first, second)] == [[5, 0, 3], [5, 0, 3]]
        assert first.text[3] == second.text[3]
        assert [tuple(part.text[4:6]) for part in (first, second)] == [(2, 1), (2, 2)]
        assert (first.text[6:] + second.text[6:]).decode("utf-16-be") == ARABIC.text
        assert max(len(part.text) for part in (first, second)) <= 140

    def test_a_long_text_may_go_whole_as_a_payload(self) -> None:
        state = CentreState()
        with centre(state) as port:
            sender = smpp(port, "?long=payload")
            outcomes = [sender.send(one).outcome for one in (ARABIC, FRENCH)]
            sender.close()
        assert outcomes == [Outcome.SENT] * 2
        whole, short = state.submitted
        assert whole.payload == ARABIC.text.encode("utf-16-be")
        assert (whole.text, whole.esm_class, short.payload) == (b"", 0, None)

    def test_one_session_serves_many_messages_and_answers_what_the_centre_asks(self) -> None:
        state = CentreState(asks_before_answering=True)
        with centre(state) as port:
            sender = smpp(port)
            outcomes = [sender.send(FRENCH).outcome for _ in range(3)]
            sender.close()
        assert outcomes == [Outcome.SENT] * 3
        assert state.binds == 1
        assert state.answers_seen.count(0x80000005) == 3
        assert state.answers_seen.count(0x80000015) == 3
        assert state.answers_seen.count(0x80000000) == 3

    @pytest.mark.parametrize(
        ("status", "outcome"), [(0x58, "later"), (0x14, "later"), (0x0B, "refused"), (0x45, "refused")]
    )
    def test_what_each_status_means(self, status: int, outcome: str) -> None:
        with centre(CentreState(statuses=[status])) as port:
            sender = smpp(port)
            result = sender.send(FRENCH)
            sender.close()
        assert (result.outcome, result.detail) == (outcome, f"status {status:#x}")

    def test_what_was_submitted_and_not_answered_may_have_gone_out(self) -> None:
        state = CentreState(silent_on={1})
        with centre(state) as port:
            sender = smpp(port)
            outcomes = [sender.send(FRENCH).outcome for _ in range(2)]
            sender.close()
        assert outcomes == [Outcome.UNSURE, Outcome.SENT]
        assert state.binds == 2

    def test_a_text_of_which_one_part_was_taken_is_left_to_a_person(self) -> None:
        with centre(CentreState(statuses=[0, 0x58])) as port:
            sender = smpp(port)
            result = sender.send(ARABIC)
            sender.close()
        assert (result.outcome, result.detail) == (Outcome.UNSURE, "1 parts taken, then status 0x58")

    def test_a_link_that_went_away_is_noticed_and_bound_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("karama.record.messages.senders.smpp.IDLE_SECONDS", 0.0)
        state = CentreState(hang_up_after=1)
        with centre(state) as port:
            sender = smpp(port)
            outcomes = [sender.send(FRENCH).outcome for _ in range(2)]
            sender.close()
        assert outcomes == [Outcome.SENT] * 2
        assert (state.binds, len(state.submitted)) == (2, 2)

    def test_an_idle_link_is_asked_whether_it_still_answers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("karama.record.messages.senders.smpp.IDLE_SECONDS", 0.0)
        state = CentreState()
        with centre(state) as port:
            sender = smpp(port)
            for _ in range(2):
                sender.send(FRENCH)
            sender.close()
        assert state.commands == [0x09, 0x04, 0x15, 0x04, 0x06]

    def test_a_wrong_password_or_a_closed_port_sends_nothing(self) -> None:
        state = CentreState()
        with centre(state) as port:
            refused = smpp(port, password="wrong").send(FRENCH)
        assert (refused.outcome, state.submitted) == (Outcome.LATER, [])
        assert "status 0xe" in refused.detail
        assert smpp(closed_port()).send(FRENCH).outcome is Outcome.LATER

    def test_a_text_too_long_for_one_submission_is_an_error_of_ours(self) -> None:
        with pytest.raises(ValueError, match="255 bytes do not fit"):
            submit_body(origin="a", address="+2126", text=b"x" * 255, coding=0, payload=False)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("console:", ConsoleSender),
        ("file:/var/sms", FileSender),
        ("https://sms.example/send", Gateway),
        ("smpp://karama@sms.example:2775", SmppSender),
        ("smpps://karama@sms.example", SmppSender),
    ],
)
def test_one_address_chooses_the_sender(address: str, kind: type) -> None:
    sender = sender_from(address, "secret")
    assert type(sender) is kind
    sender.close()


@pytest.mark.parametrize("address", ["", "pigeon:", "file:", "https:", "smpp://sms.example"])
def test_an_address_that_names_no_sender_is_refused(address: str) -> None:
    with pytest.raises(BadInputError, match="names no sender"):
        sender_from(address)
