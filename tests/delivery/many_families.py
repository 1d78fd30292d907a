"""Hundreds of families at once, in sets: for the tests that kill what decides them."""

from __future__ import annotations

from django.db import connection

from karama.record.scope import SYSTEM, acting_as

_FAMILIES = """
    WITH h AS (
        INSERT INTO registry_household (number, commune)
        SELECT 'M' || lpad(n::text, 8, '0'), '061810901' FROM generate_series(1, %(count)s) n RETURNING id, number),
    p AS (
        INSERT INTO registry_person (idcs)
        SELECT 'M' || lpad(n::text, 8, '0') || '-' || role FROM generate_series(1, %(count)s) n,
            unnest(ARRAY['head', 'child', 'child2']) role RETURNING id, idcs),
    who AS (
        SELECT h.id AS household_id, p.id AS person_id, CASE WHEN p.idcs LIKE '%%head' THEN 'head' ELSE 'child' END
            AS role, right(h.number, 4)::int AS n, p.idcs
        FROM h JOIN p ON split_part(p.idcs, '-', 1) = h.number),
    m AS (
        INSERT INTO registry_membership (person_id, household_id, role, validity, known, source, proof)
        SELECT person_id, household_id, role, '[2023-01-01,)', tstzrange(now(), NULL), 'RSU', 'set' FROM who),
    c AS (
        INSERT INTO registry_civil (person_id, sex, birth_date, in_rnp, father_deceased, validity, known, source, proof,
            family_name_fr, given_name_fr, family_name_ar, given_name_ar, birth_commune)
        SELECT person_id, 'F', CASE role WHEN 'head' THEN date '1985-03-01' ELSE
            date '2008-01-01' + (n * 11) %% 6000 END,
            true, false, '[2023-01-01,)', tstzrange(now(), NULL), 'RNP', 'set', '', '', '', '', '' FROM who),
    r AS (
        INSERT INTO registry_residence (household_id, commune, milieu, validity, known, source, proof)
        SELECT id, '061810901', 'rural', '[2023-01-01,)', tstzrange(now(), NULL), 'RSU', 'set' FROM h)
    INSERT INTO registry_score (household_id, score, effective_from, validity, known, source, proof)
    SELECT id, 9.5 + (right(number, 4)::int %% 5) * 0.1, '2023-01-01', '[2023-01-01,)', tstzrange(now(), NULL),
        'RSU', 'set' FROM h"""

_CLAIMED = """
    WITH claim AS (
        INSERT INTO claims_claim (reference, programme, kind, household_id, state, channel, answers, claim_month,
            opened_at, submitted_at, due_on, correction, health)
        SELECT 'C' || h.id, 'asd', 'family', h.id, 'submitted', 'online', '{}', '2026-03-01', now(), now(),
            '2026-12-31', '', false FROM registry_household h WHERE h.number LIKE 'M%%' RETURNING household_id)
    INSERT INTO registry_enrolment (household_id, programme, claim_month, validity, known, source, proof)
    SELECT household_id, 'asd', '2026-03-01', '[2026-03-01,)', tstzrange(now(), NULL), 'ASD', 'set' FROM claim"""


def write(count: int) -> None:
    """``count`` families of a mother and two children, three in five under the threshold, each with a claim waiting."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_FAMILIES, {"count": count})
        cursor.execute(_CLAIMED)
