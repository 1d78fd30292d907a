"""The words of a family's months in French, Arabic and English: causes, differences, assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.foundation.languages import Label
from karama.foundation.money import format_money, from_centimes
from karama.law.engine.explain import UNCONFIRMED, plain
from karama.law.engine.sentences import say_value
from karama.law.engine.speech import COLON, code_label, label_of, say_month, speech_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.languages import Language
    from karama.law.engine.evaluate import Line
    from karama.law.engine.graph import Graph
    from karama.law.engine.programme import Programme
    from karama.simulation.household.causes import Cause, Decided
    from karama.simulation.household.differences import Difference, Distance, Ending, LineDifference, Otherwise

_WORDS: Mapping[str, Label] = {
    "age": Label(
        "{who} a {years} ans (date de naissance : {date})",
        "{who}: بلوغ {years} سنة (تاريخ الميلاد: {date})",
        "{who} has turned {years} (born on {date})",
    ),
    "parameter": Label(
        "la loi change : {label}, {before} → {after}",
        "يتغير القانون: {label}، {before} ← {after}",
        "the law changes: {label}, {before} → {after}",
    ),
    "rule": Label("une nouvelle règle vaut : {label}", "تسري قاعدة جديدة: {label}", "a new rule holds: {label}"),
    "calendar": Label(
        "le calendrier : {label}, {month}", "التقويم: {label}، {month}", "the calendar: {label}, {month}"
    ),
    "once": Label(
        "{label} : versée une seule fois, le mois d'avant",
        "{label}: تؤدى مرة واحدة، في الشهر السابق",
        "{label}: paid once, the month before",
    ),
    "joined": Label("{who} entre dans le ménage", "{who}: ينضم إلى الأسرة", "{who} joins the household"),
    "left": Label("{who} n'est plus du ménage", "{who}: لم يعد من الأسرة", "{who} is no longer in the household"),
    "nothing": Label("rien", "لا شيء", "nothing"),
    "ranked": Label(" (rang {before} → {after})", " (الرتبة {before} ← {after})", " (rank {before} → {after})"),
    "right_ends": Label(
        "{month} : le droit de la famille prend fin",
        "{month}: ينتهي حق الأسرة",
        "{month}: the family's right ends",
    ),
    "line_ends": Label(
        "{month} : fin de « {label} »{whose}", "{month}: نهاية «{label}»{whose}", "{month}: end of “{label}”{whose}"
    ),
    "under": Label(
        "indice {value}, seuil {limit} : il reste {left} avant le seuil",
        "المؤشر {value}، العتبة {limit}: يبقى {left} قبل العتبة",
        "score {value}, threshold {limit}: {left} left before the threshold",
    ),
    "over": Label(
        "indice {value}, seuil {limit} : {left} au-dessus du seuil",
        "المؤشر {value}، العتبة {limit}: {left} فوق العتبة",
        "score {value}, threshold {limit}: {left} above the threshold",
    ),
    "total": Label("Total de ces mois", "مجموع هذه الأشهر", "Total of these months"),
    "because": Label("parce que", "لأن", "because"),
    "as_in": Label("comme en {month}", "كما في {month}", "as in {month}"),
    "endings": Label("Droits qui prennent fin", "حقوق تنتهي", "Rights that end"),
    "unconfirmed": Label(
        "Points non confirmés qui comptent (textes à vérifier par un juriste)",
        "نقاط غير مؤكدة لها أثر (نصوص يجب أن يتحقق منها خبير قانوني)",
        "Unconfirmed points that matter (texts to be checked by a lawyer)",
    ),
    "no_longer": Label("n'est plus un obstacle", "لم يعد مانعا", "no longer an obstacle"),
    "if_at_school": Label(
        "si {who} va à l'école : {amount}", "إذا تمدرس {who}: {amount}", "if {who} goes to school: {amount}"
    ),
    "if_not_at_school": Label(
        "si {who} n'est plus à l'école : {amount}",
        "إذا لم يعد {who} متمدرسا: {amount}",
        "if {who} is no longer at school: {amount}",
    ),
}

FACTS_HELD = Label(
    "Les données de la famille sont tenues pour ce qu'elles sont aujourd'hui, la loi pour ce qui en est déjà daté : ce"
    " n'est pas une promesse.",
    "تعتبر معطيات الأسرة كما هي اليوم، والقانون كما هو مؤرخ إلى اليوم: وهذا ليس وعدا.",
    "The family's facts are held as they are today, the law as it is dated today: this is no promise.",
)
SCHOOL_UNKNOWN = Label(
    "La scolarité de la prochaine année n'est pas connue : dès {month}, chacun est supposé rester comme aujourd'hui.",
    "تمدرس السنة المقبلة غير معروف: ابتداء من {month} يفترض أن يبقى كل واحد على حاله اليوم.",
    "Next year's schooling is not known: from {month} everybody is assumed to stay as today.",
)


class Teller:
    """Says causes and differences in one language."""

    def __init__(self, language: Language) -> None:
        """Bind the language."""
        self.language = language

    def who(self, decided: Decided, person_id: str) -> str:
        """A person by the role in the household and the identifier."""
        role = decided.value(("role", person_id))
        label = code_label(decided.prepared.programme, "role", str(role)) if role else None
        return f"{person_id} ({label.get(self.language)})" if label else person_id

    def cause(self, cause: Cause, change: Difference) -> str:
        """One reason as a sentence; a value of the law with its article and, where it is not confirmed, that."""
        gone = cause.kind == "left" or (
            cause.kind == "rule" and cause.name not in change.after.prepared.graph.definitions
        )
        after = change.before if gone else change.after
        programme, graph = after.prepared.programme, after.prepared.graph
        if cause.kind == "date":
            return speech_of(programme, graph, self.language).column(cause.name, cause.person_id, cause.after)
        who = self.who(after, cause.person_id) if cause.person_id else ""
        words = self._said(cause, programme, graph) | {
            "who": who,
            "years": str(cause.after),
            "date": say_value(cause.before, self.language),
            "month": say_month(after.prepared.month, self.language),
        }
        if cause.kind == "fact":
            label = f"{words['label']} — {who}" if who else words["label"]
            return f"{label}{COLON[self.language]}{self.between(words['before'], words['after'])}"
        key = "once" if cause.kind == "calendar" and _was_paid_once(cause.name, change) else cause.kind
        return self.say(key, **words) + (self._status(cause.name, after) if cause.kind == "parameter" else "")

    def _said(self, cause: Cause, programme: Programme, graph: Graph) -> dict[str, str]:
        """The label of what a cause names, and its two values."""
        if cause.kind in {"joined", "left"}:
            return {}
        label = label_of(programme, graph, cause.name).get(self.language)
        return {
            "label": label,
            "before": self._value(programme, cause.name, cause.before),
            "after": self._value(programme, cause.name, cause.after),
        }

    def _value(self, programme: Programme, name: str, value: object) -> str:
        code = code_label(programme, name, value) if isinstance(value, str) else None
        if code:
            return code.get(self.language)
        known = programme.law.parameters.by_name.get(name)
        unit = "centimes" if known is not None and known.kind == "money" else ""
        return say_value(value, self.language, unit, programme.currency)

    def _status(self, name: str, decided: Decided) -> str:
        """The article of a parameter, and whether it is confirmed."""
        dated = decided.prepared.binding.dated.get(name)
        if dated is None:
            return ""
        doubt = f" — {UNCONFIRMED[self.language]}" if dated.status.unconfirmed else ""
        return f" ({decided.prepared.programme.translate(dated.reference, self.language)}){doubt}"

    def line(self, line: LineDifference, change: Difference) -> str:
        """A benefit with its two amounts and, where it differs, the rank."""
        label, whose = self.benefit(line.benefit, line.person_id, change)
        amounts = self.between(self._amount(line.before, change), self._amount(line.after, change))
        text = f"{label}{whose}{COLON[self.language]}{amounts}"
        old, new = line.before, line.after
        if old and new and old.rank != new.rank:
            text += self.say("ranked", before=old.rank, after=new.rank)
        return text

    def benefit(self, name: str, person_id: str | None, change: Difference) -> tuple[str, str]:
        """The label of a benefit, and of whom it is."""
        known = change.after if name in change.after.prepared.graph.definitions else change.before
        label = label_of(known.prepared.programme, known.prepared.graph, name).get(self.language)
        here = change.after if person_id is None or change.after.person(person_id) else change.before
        return label, f" — {self.who(here, person_id)}" if person_id else ""

    def _amount(self, line: Line | None, change: Difference) -> str:
        if line is None:
            return self.say("nothing")
        return format_money(line.amount_centimes, self.language, change.after.prepared.programme.currency)

    def ending(self, ending: Ending) -> str:
        """A right that ends."""
        month = say_month(ending.month, self.language)
        if ending.benefit is None:
            return self.say("right_ends", month=month)
        label, whose = self.benefit(ending.benefit, ending.person_id, ending.change)
        return self.say("line_ends", month=month, label=label, whose=whose)

    def distance(self, one: Distance) -> str:
        """A value and its limit with what lies between them."""
        value, limit, left = (say_value(each, self.language) for each in (one.value, one.limit, abs(one.left)))
        return self.say("under" if one.left >= 0 else "over", value=value, limit=limit, left=left)

    def otherwise(self, one: Otherwise, decided: Decided) -> str:
        """What the month would be with another schooling."""
        amount = format_money(one.decision.amount_centimes, self.language, decided.prepared.programme.currency)
        key = "if_at_school" if one.enrolled else "if_not_at_school"
        return self.say(key, who=self.who(decided, one.person_id), amount=amount)

    def refusal(self, code: str, programme: Programme) -> str:
        """A condition that is not met."""
        found = next((one.refusal_label for one in programme.conditions if one.refusal == code), None)
        return found.get(self.language) if found else code

    def between(self, before: str, after: str) -> str:
        """What was and what is, in the direction in which the language is read."""
        return f"{before} {'←' if self.language == 'ar' else '→'} {after}"

    def say(self, key: str, **words: object) -> str:
        """One of the sentences with its words."""
        return _WORDS[key].get(self.language).format(**words)

    def difference_dict(self, change: Difference) -> dict[str, Any]:
        """What differs between two decisions, and why."""
        programme = change.after.prepared.programme
        return {
            "difference": from_centimes(change.centimes),
            "lines": [
                {
                    "benefit": one.benefit,
                    "person_id": one.person_id,
                    "before": from_centimes(one.before.amount_centimes) if one.before else None,
                    "after": from_centimes(one.after.amount_centimes) if one.after else None,
                    "rank_before": one.before.rank if one.before else None,
                    "rank_after": one.after.rank if one.after else None,
                    "sentence": self.line(one, change),
                }
                for one in change.lines
            ],
            "refusals_added": [
                {"code": code, "sentence": self.refusal(code, programme)} for code in change.refusals_added
            ],
            "refusals_ended": [
                {"code": code, "sentence": self.refusal(code, programme)} for code in change.refusals_ended
            ],
            "causes": [self.cause_dict(one, change) for one in change.causes],
        }

    def cause_dict(self, cause: Cause, change: Difference) -> dict[str, Any]:
        """One reason of a difference."""
        return {
            "kind": cause.kind,
            "name": cause.name,
            "person_id": cause.person_id,
            "before": _valued(cause, cause.before, change),
            "after": _valued(cause, cause.after, change),
            "sentence": self.cause(cause, change),
        }


def _valued(cause: Cause, value: object, change: Difference) -> object:
    """A value as JSON holds it: of a parameter in money, in the main unit."""
    known = change.after.prepared.programme.law.parameters.by_name.get(cause.name)
    if cause.kind == "parameter" and known is not None and known.kind == "money" and isinstance(value, int):
        return from_centimes(value)
    return value if isinstance(value, dict) else plain(value)


def _was_paid_once(name: str, change: Difference) -> bool:
    once = any(one.one_off for one in change.after.prepared.programme.benefits if one.formula == name)
    return once and all(one.after is None for one in change.lines if one.benefit == name)
