-- The amounts of the direct social aid for November 2025, written by hand for PostgreSQL as an experienced analyst would:
-- the rates and dates are constants, the open readings of the law are not switches, nothing is traced.
-- Columns given: household_id, eligible, amount (centimes).  Tables: households, persons.
WITH child AS (
    SELECT
        household_id,
        person_id,
        birth_date,
        CASE WHEN under_six OR enrolled THEN CASE WHEN father_deceased THEN 37500 ELSE 25000 END ELSE 17500 END AS high,
        CASE WHEN under_six OR enrolled THEN 3600 ELSE 2400 END AS low,
        CASE WHEN severe_disability THEN 10000 ELSE 0 END AS extra,
        RANK() OVER (PARTITION BY household_id ORDER BY birth_date) AS place
    FROM (
        SELECT *, birth_date > DATE '2019-11-01' AS under_six
        FROM persons
        WHERE role IN ('child', 'kafala_child', 'ward')
            AND birth_date <= DATE '2025-11-30'
            AND birth_date > DATE '2004-11-01'
            AND (death_date IS NULL OR death_date >= DATE '2025-11-01')
    ) counted
),
ranked AS (
    SELECT
        household_id,
        high,
        low,
        extra,
        ROW_NUMBER() OVER (
            PARTITION BY household_id
            ORDER BY birth_date, CASE WHEN place <= 3 THEN high - low ELSE 0 END DESC, low + extra DESC, person_id
        ) AS r
    FROM child
),
family AS (
    SELECT
        household_id,
        SUM(CASE WHEN r <= 3 THEN high + extra WHEN r <= 6 THEN low + extra ELSE 0 END) AS amount
    FROM ranked
    GROUP BY household_id
),
member AS (
    SELECT
        household_id,
        BOOL_OR(NOT in_rnp) AS not_in_rnp,
        BOOL_OR(role IN ('head', 'spouse') AND receives_family_allowance) AS allowance,
        BOOL_OR(role IN ('head', 'spouse') AND receives_state_pay) AS pay,
        BOOL_OR(role IN ('head', 'spouse') AND receives_pension) AS pension
    FROM persons
    WHERE birth_date <= DATE '2025-11-30' AND (death_date IS NULL OR death_date >= DATE '2025-11-01')
    GROUP BY household_id
),
births AS (
    SELECT household_id, person_id, birth_date, live_birth_order, birth_grant_claim_date,
        ROW_NUMBER() OVER (PARTITION BY household_id, mother_id ORDER BY birth_date, person_id) AS n
    FROM persons
    WHERE role = 'child' AND birth_date <= DATE '2025-11-30'
        AND household_id IN (
            SELECT household_id FROM persons
            WHERE birth_grant_claim_date BETWEEN DATE '2025-11-01' AND DATE '2025-11-30'
        )
),
grants AS (
    SELECT household_id, SUM(CASE COALESCE(live_birth_order, n) WHEN 1 THEN 200000 WHEN 2 THEN 100000 ELSE 0 END) AS amount
    FROM births
    WHERE birth_grant_claim_date BETWEEN DATE '2025-11-01' AND DATE '2025-11-30'
        AND birth_date >= DATE '2023-12-01'
        AND birth_grant_claim_date BETWEEN birth_date AND birth_date + INTERVAL '6 months'
    GROUP BY household_id
),
decided AS (
    SELECT
        h.household_id,
        h.claim_month <= DATE '2025-11-01'
            AND (CASE WHEN h.score IS NOT NULL AND COALESCE(h.score_effective_from, DATE '2025-11-01') <= DATE '2025-11-01'
                THEN h.score ELSE h.previous_score END) <= 9.743001
            AND h.resident
            AND NOT COALESCE(m.not_in_rnp, FALSE)
            AND NOT (h.other_family_allowance OR COALESCE(m.allowance, FALSE))
            AND NOT (h.state_pay OR COALESCE(m.pay, FALSE))
            AND NOT (h.pension OR COALESCE(m.pension, FALSE))
            AND NOT h.fonds_entraide_familiale
            AND m.household_id IS NOT NULL AS eligible,
        f.amount AS children,
        g.amount AS grants
    FROM households h
    LEFT JOIN family f USING (household_id)
    LEFT JOIN member m USING (household_id)
    LEFT JOIN grants g USING (household_id)
)
SELECT
    household_id,
    COALESCE(eligible, FALSE) AS eligible,
    CASE WHEN eligible
        THEN CAST(GREATEST(COALESCE(children, 50000), 50000) + COALESCE(grants, 0) AS BIGINT)
        ELSE 0
    END AS amount
FROM decided
