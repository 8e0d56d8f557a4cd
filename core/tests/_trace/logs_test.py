# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Log records on their way to the developer tools, and what logging is like meanwhile."""

import asyncio
import logging
import sys
import time

import pytest
from genkit import Action, ActionKind
from genkit._trace.logs import TraceContextFilter
from genkit.plugin import add_log_exporter


@pytest.fixture
def kitchen_log():
    """A logger of an application that lets everything pass and prints nothing."""
    logger = logging.getLogger('kitchen')
    logger.setLevel(1)
    yield logger
    logger.setLevel(logging.NOTSET)


def attributes_of(record) -> dict[str, str]:
    return {item['key']: item['value']['stringValue'] for item in record['attributes']}


class TestRecords:
    @pytest.mark.parametrize(
        ('level', 'number', 'text'),
        [
            (logging.DEBUG, 5, 'DEBUG'),
            (1, 5, 'DEBUG'),
            (logging.INFO, 9, 'INFO'),
            (25, 9, 'INFO'),
            (logging.WARNING, 13, 'WARN'),
            (logging.ERROR, 17, 'ERROR'),
            (logging.CRITICAL, 21, 'FATAL'),
        ],
    )
    def test_are_sent_with_their_severity(self, exporting, receiver, kitchen_log, level, number, text):
        exporting(receiver.url)
        kitchen_log.log(level, 'salt for %s', 'soup')
        record = receiver.record('salt for soup')
        assert (record['severityNumber'], record['severityText']) == (number, text)
        assert attributes_of(record) == {'logger': 'kitchen'}
        assert 'traceId' not in record

    async def test_belong_to_the_span_in_which_they_were_made(self, exporting, receiver, kitchen_log):
        exporting(receiver.url)

        async def cook() -> None:
            kitchen_log.info('in the flow')

        response = await Action(ActionKind.FLOW, 'cook', cook).arun()
        record = await asyncio.to_thread(receiver.record, 'in the flow')
        assert (record['traceId'], record['spanId']) == (response.trace_id, response.span_id)

    def test_carry_what_was_added_and_what_was_raised(self, exporting, receiver, kitchen_log):
        exporting(receiver.url)
        try:
            raise LookupError('no salt')  # noqa: TRY301
        except LookupError:
            kitchen_log.exception('failed', extra={'dish': 'soup', 'grams': 3, 'api_key': 'sk-1'})
        attributes = attributes_of(receiver.record('failed'))
        assert 'LookupError: no salt' in attributes.pop('exception.stacktrace')
        assert attributes == {'logger': 'kitchen', 'dish': 'soup', 'grams': '3', 'api_key': '<redacted>'}

    def test_are_cut_where_they_are_too_long(self, exporting, receiver, kitchen_log):
        exporting(receiver.url)
        kitchen_log.info('x' * 5000, extra={f'extra {number}': 'y' * 5000 for number in range(50)})
        record = receiver.record('x' * 2048)
        assert len(record['attributes']) == 32

    def test_whose_arguments_do_not_fit_are_sent_as_they_are(self, exporting, receiver, kitchen_log):
        exporting(receiver.url)
        kitchen_log.makeRecord('kitchen', 20, '', 0, 'salt %d %d', ('soup',), None)
        assert receiver.record('salt %d %d')

    def test_travel_on_when_one_of_them_cannot_be_shown(self, exporting, receiver, kitchen_log):
        class Stubborn:
            def __str__(self) -> str:
                raise SystemError('never')

        exporting(receiver.url)
        kitchen_log.info('before')
        kitchen_log.info('stubborn', extra={'value': Stubborn()})
        kitchen_log.info('after')
        assert attributes_of(receiver.record('stubborn'))['value'] == '<Stubborn cannot be shown: SystemError>'
        assert receiver.record('before')
        assert receiver.record('after')

    def test_that_handlers_write_to_meanwhile_lose_nothing(self, exporting, receiver, kitchen_log):
        """A formatter adds members to a record while another thread reads them."""
        exporting(receiver.url)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            for number in range(1000):
                record = kitchen_log.makeRecord('kitchen', 20, '', 0, 'record %d', (number,), None)
                for member in range(20):
                    setattr(record, f'member {member}', member)
        finally:
            sys.setswitchinterval(interval)
        receiver.wait(lambda: len(set(receiver.texts)) == 1000)

    def test_of_the_export_itself_are_not_sent(self, exporting, receiver, kitchen_log, caplog):
        """One more request would be one more record, and so on for ever."""
        caplog.set_level(logging.DEBUG)
        server = exporting(receiver.url)
        for number in range(3):
            kitchen_log.info('%d', number)
            server.flush()
        receiver.wait(lambda: {record.name.partition('.')[0] for record in caplog.records} >= {'httpx', 'httpcore'})
        assert {attributes_of(record)['logger'].partition('.')[0] for record in receiver.records} == {'kitchen'}

    def test_are_not_sent_if_the_environment_says_so(self, exporting, receiver, kitchen_log, monkeypatch):
        make_record = logging.getLogRecordFactory()
        monkeypatch.setenv('GENKIT_OTEL_ENABLE_LOGS', 'false')
        server = exporting(receiver.url)
        assert logging.getLogRecordFactory() is make_record
        kitchen_log.info('salt')
        server.flush()
        assert receiver.records == []


class TestLogging:
    """What an application notices: nothing."""

    def test_is_set_up_as_ever_afterwards(self, run_app, receiver):
        program = """
            import logging
            from genkit import Genkit

            Genkit()
            logging.basicConfig(format='%(levelname)s %(name)s %(message)s', level='INFO')
            logging.info('one')
            logging.getLogger('kitchen').info('two')
            logging.getLogger('kitchen').debug('three')
            assert len(logging.getLogger().handlers) == 1
        """
        ended = run_app(program, receiver.url)
        ours = [line for line in ended.stderr.splitlines() if 'genkit' not in line and 'http' not in line]
        assert (ended.returncode, ours) == (0, ['INFO root one', 'INFO kitchen two'])
        assert receiver.record('one')
        assert receiver.record('two')
        assert 'three' not in receiver.texts

    def test_that_nobody_set_up_prints_warnings_alone(self, run_app, receiver):
        program = """
            import logging
            from genkit import Genkit

            Genkit()
            logging.warning('one')
            logging.getLogger('kitchen').info('two')
        """
        ended = run_app(program, receiver.url)
        assert ended.stderr in ('one\n', 'WARNING:root:one\n')

    def test_keeps_the_factory_that_an_application_had(self, exporting, receiver, kitchen_log):
        make_record = logging.getLogRecordFactory()

        def make_ours(*args, **members) -> logging.LogRecord:
            record = make_record(*args, **members)
            record.__dict__['kitchen'] = 'ours'
            return record

        logging.setLogRecordFactory(make_ours)
        exporting(receiver.url)
        assert kitchen_log.makeRecord('kitchen', 20, '', 0, 'salt', (), None).__dict__['kitchen'] == 'ours'
        assert attributes_of(receiver.record('salt'))['kitchen'] == 'ours'
        logging.setLogRecordFactory(make_record)

    def test_goes_on_when_records_are_made_by_hand(self, exporting, receiver):
        server = exporting(receiver.url)
        assert logging.makeLogRecord({'msg': 'unpickled'}).getMessage() == 'unpickled'
        server.flush()
        assert receiver.records == []


class TestTraceContextFilter:
    def formatted(self) -> tuple[logging.Logger, list[str]]:
        lines: list[str] = []

        class Lines(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                lines.append(self.format(record))

        handler = Lines()
        handler.setFormatter(logging.Formatter('[%(trace_id)s %(span_id)s] %(message)s'))
        handler.addFilter(TraceContextFilter())
        logger = logging.Logger('kitchen')  # noqa: LOG001  (one that is nobody else's)
        logger.addHandler(handler)
        return logger, lines

    async def test_tells_formats_the_span(self, spans):
        logger, lines = self.formatted()

        async def cook() -> None:
            logger.warning('salt')

        response = await Action(ActionKind.FLOW, 'cook', cook).arun()
        assert lines == [f'[{response.trace_id} {response.span_id}] salt']

    def test_is_empty_outside_of_spans(self):
        logger, lines = self.formatted()
        logger.warning('salt')
        assert lines == ['[ ] salt']


class TestExporter:
    @pytest.fixture
    def exported(self, untraced):
        make_record = logging.getLogRecordFactory()
        entries = []
        outbox = add_log_exporter(entries.extend, interval=0.01, longest=5)
        yield entries, outbox
        logging.setLogRecordFactory(make_record)
        outbox.close()

    async def test_gets_records_with_their_span_cut_to_the_length_that_it_names(self, exported, kitchen_log):
        entries, outbox = exported

        async def cook() -> None:
            kitchen_log.warning('a long story', extra={'dish': 'a long name', 'api_key': 'sk-1'})

        before = time.time_ns()
        response = await Action(ActionKind.FLOW, 'cook', cook).arun()
        assert await asyncio.to_thread(outbox.flush, 5)
        (entry,) = [entry for entry in entries if entry.attributes['logger'] == 'kitch']
        assert (entry.text, entry.severity, entry.severity_number) == ('a lon', 'WARN', 13)
        assert entry.attributes == {'logger': 'kitch', 'dish': 'a lon', 'api_key': '<reda'}
        assert (entry.trace_id, entry.span_id) == (response.trace_id, response.span_id)
        assert before - 1e6 < entry.time < time.time_ns()

    def test_that_was_closed_gets_no_more(self, exported, kitchen_log):
        entries, outbox = exported
        kitchen_log.info('one')
        outbox.close()
        kitchen_log.info('two')
        assert [entry.text for entry in entries] == ['one']
