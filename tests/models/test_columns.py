from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError

from dashboard.models.columns import UtcDateTime

CHINA = timezone(timedelta(hours=8))


@pytest.fixture
def kept():
    engine = create_engine("sqlite://")
    table = Table("t", MetaData(), Column("at", UtcDateTime()))
    with engine.connect() as connection:
        table.create(connection)

        def keep(value):
            connection.execute(table.delete())
            connection.execute(insert(table).values(at=value))
            return connection.execute(select(table.c.at)).scalar()

        yield keep


def test_it_gives_back_utc_whatever_zone_went_in(kept):
    found = kept(datetime(2026, 1, 1, 8, 0, tzinfo=CHINA))
    assert found == datetime(2026, 1, 1, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_it_keeps_nothing_as_nothing(kept):
    assert kept(None) is None


def test_it_refuses_a_time_without_a_zone(kept):
    with pytest.raises(StatementError):
        kept(datetime(2026, 1, 1))
