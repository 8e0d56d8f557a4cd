# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import copy
import json
import logging
import pickle

import pytest
from genkit import (
    Action,
    ActionKind,
    ErrorReason,
    GenerateResponse,
    GenerationBlockedError,
    GenerationResponseError,
    GenkitError,
    Interrupt,
    PublicError,
    StatusName,
    ToolInterruptError,
    UnstableApiError,
    UserFacingError,
)
from genkit._base.errors import (
    error_message,
    error_stack,
    get_callable_json,
    get_http_status,
    get_reflection_json,
    is_unexpected,
    log_unexpected,
)
from genkit.web import TraceContextFilter
from pydantic import BaseModel


def raised(error):
    """Return an error as somebody caught it, with its traceback."""
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


class TestTree:
    @pytest.mark.parametrize(
        'kind', [PublicError, UnstableApiError, GenerationResponseError, GenerationBlockedError, Interrupt]
    )
    def test_every_error_of_the_sdk_is_a_genkit_error(self, kind):
        """Upstream's interrupt and response errors were none, so that servers answered 500 (audit, PR-A)."""
        assert issubclass(kind, GenkitError)

    def test_a_blocked_answer_is_a_response_error(self):
        assert issubclass(GenerationBlockedError, GenerationResponseError)

    def test_the_older_names_are_the_same_classes(self):
        assert UserFacingError is PublicError
        assert ToolInterruptError is Interrupt

    def test_a_response_error_maps_to_http_and_keeps_the_response(self):
        response = GenerateResponse()
        error = GenerationResponseError(response=response, message='blocked', status='FAILED_PRECONDITION', details={})
        assert error.status == 'FAILED_PRECONDITION'
        assert get_http_status(error) == 400
        assert error.response is response

    def test_a_response_error_says_failed_precondition_unless_told_otherwise(self):
        assert GenerationResponseError(None, 'empty').status is StatusName.FAILED_PRECONDITION
        assert GenerationBlockedError(None, 'blocked', 'PERMISSION_DENIED').http_code == 403

    def test_an_interrupt_maps_to_http_and_carries_its_metadata(self):
        question = {'ask': 'Really?'}
        error = Interrupt(question)
        assert get_http_status(error) == 400
        assert error.metadata == question
        assert Interrupt().metadata == {}

    def test_an_interrupt_keeps_its_own_copy_of_the_metadata(self):
        question = {'ask': 'Really?'}
        error = Interrupt(question)
        question.clear()
        assert error.metadata == {'ask': 'Really?'}

    def test_an_unstable_feature_names_the_entry_point(self):
        error = UnstableApiError('alpha', 'Agents are new.')
        assert error.status is StatusName.FAILED_PRECONDITION
        assert error.message == "Agents are new. This API needs the 'alpha' entry point."


class TestStatus:
    def test_is_internal_unless_stated(self):
        assert GenkitError('broken').status is StatusName.INTERNAL

    def test_is_inherited_from_a_cause_that_has_one(self):
        assert GenkitError('outer', cause=GenkitError('inner', status='NOT_FOUND')).status is StatusName.NOT_FOUND

    def test_is_internal_for_a_foreign_cause(self):
        assert GenkitError('outer', cause=KeyError('x')).status is StatusName.INTERNAL

    def test_beats_that_of_the_cause_when_stated(self):
        cause = GenkitError('inner', status='NOT_FOUND')
        assert GenkitError('outer', cause=cause, status='ABORTED').status is StatusName.ABORTED

    def test_gives_the_http_code(self):
        assert GenkitError('missing', status=StatusName.NOT_FOUND).http_code == 404

    def test_that_does_not_exist_is_unknown(self):
        assert GenkitError('x', status='BOGUS').status is StatusName.UNKNOWN


class TestCopies:
    """Process pools pickle errors, and tools such as pytest-xdist copy them."""

    @pytest.mark.parametrize(
        'error',
        [
            GenkitError('x', status='NOT_FOUND', reason=ErrorReason.INVALID_INPUT, details={'a': 1}),
            PublicError('NOT_FOUND', 'x', {'a': 1}),
            GenerationResponseError(None, 'x', 'ABORTED'),
            GenerationBlockedError(None, 'x'),
            UnstableApiError('beta', 'x'),
            Interrupt({'a': 1}),
        ],
        ids=lambda error: type(error).__name__,
    )
    @pytest.mark.parametrize('duplicate', [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
    def test_are_the_same_error(self, error, duplicate):
        twin = duplicate(error)
        assert (type(twin), str(twin), twin.status, twin.details) == (
            type(error),
            str(error),
            error.status,
            error.details,
        )


class TestText:
    def test_is_the_status_and_the_message(self):
        assert str(GenkitError('no such thing', status='NOT_FOUND')) == 'NOT_FOUND: no such thing'

    def test_begins_with_the_source(self):
        assert str(GenkitError('slow down', status='UNAVAILABLE', source='groq')) == 'groq: UNAVAILABLE: slow down'

    def test_ends_with_a_foreign_cause(self):
        error = GenkitError('call failed', cause=ValueError('bad'))
        assert str(error) == "INTERNAL: call failed: ValueError('bad')"
        assert error.message == 'call failed'

    def test_does_not_repeat_a_cause_of_the_tree(self):
        assert str(GenkitError('outer', cause=GenkitError('inner'))) == 'INTERNAL: outer'

    def test_of_any_other_error_is_its_own(self):
        assert error_message(KeyError('x')) == "'x'"


class TestDetails:
    def test_hold_what_was_given_the_reason_and_the_trace(self):
        details = GenkitError('x', details={'a': 1}, reason=ErrorReason.INVALID_INPUT, trace_id='f' * 32).details
        assert details == {'stack': '', 'a': 1, 'reason': 'INVALID_INPUT', 'traceId': 'f' * 32}

    def test_hold_the_stack_once_the_error_was_raised(self):
        error = raised(GenkitError('here'))
        assert 'errors_test.py' in error.details['stack']
        assert 'Traceback' in error_stack(error)

    def test_have_no_trace_outside_one(self):
        assert 'traceId' not in GenkitError('x').details

    def test_take_on_a_trace_that_is_found_later(self):
        error = GenkitError('x')
        error.trace_id = 'a' * 32
        assert error.details['traceId'] == 'a' * 32

    def test_are_a_copy(self):
        given = {'a': 1}
        error = GenkitError('x', details=given)
        given['b'] = 2
        error.details['c'] = 3
        assert error.details == {'stack': '', 'a': 1}

    def test_tell_the_reason(self):
        assert GenkitError('x', reason=ErrorReason.TOOL_NOT_FOUND).reason == 'TOOL_NOT_FOUND'
        assert GenkitError('x').reason is None

    def test_a_cause_becomes_the_exceptions_own(self):
        cause = KeyError('x')
        error = GenkitError('outer', cause=cause)
        assert error.cause is cause
        assert error.__cause__ is cause


class TestReflectionJson:
    def test_has_the_code_the_message_and_the_details(self):
        error = raised(GenkitError('outer', status='NOT_FOUND', cause=ValueError('why'), trace_id='0' * 32))
        shown = get_reflection_json(error)
        assert shown['code'] == 5
        assert shown['message'] == "outer: ValueError('why')"
        assert shown['details']['traceId'] == '0' * 32
        assert 'errors_test.py' in shown['details']['stack']

    def test_shows_developers_any_other_error_too(self):
        shown = get_reflection_json(raised(RuntimeError('inside')))
        assert shown['code'] == StatusName.INTERNAL.code
        assert shown['message'] == 'inside'
        assert 'RuntimeError: inside' in shown['details']['stack']

    async def test_holds_no_secret_of_an_input_that_was_refused(self):
        class Login(BaseModel):
            name: str
            api_key: int

        secret = 'sk-' + '0123456789'
        with pytest.raises(GenkitError) as caught:
            await Action(ActionKind.FLOW, 'f', lambda x: x, input_schema=Login).arun({'name': 'x', 'api_key': secret})
        assert 'api_key' in caught.value.message
        assert secret not in json.dumps(get_reflection_json(caught.value))


class TestCallableJson:
    def test_has_the_status_and_the_bare_message(self):
        error = raised(GenkitError('outer', status='NOT_FOUND', cause=ValueError('database password is x')))
        assert get_callable_json(error) == {'status': 'NOT_FOUND', 'message': 'outer'}

    def test_hands_on_details_but_no_stack(self):
        error = raised(PublicError('RESOURCE_EXHAUSTED', 'Come back tomorrow.', {'hours': 24}))
        assert get_callable_json(error) == {
            'status': 'RESOURCE_EXHAUSTED',
            'message': 'Come back tomorrow.',
            'details': {'hours': 24},
        }

    def test_masks_errors_from_outside_the_tree(self):
        masked = get_callable_json(raised(RuntimeError('postgres://user:pw@host')))
        assert masked == {'status': 'INTERNAL', 'message': 'Internal Error'}

    @pytest.mark.parametrize(
        ('error', 'code'), [(PublicError('UNAUTHENTICATED', 'Log in.'), 401), (RuntimeError('inside'), 500)]
    )
    def test_goes_with_an_http_status(self, error, code):
        assert get_http_status(error) == code

    def test_names_a_call_that_was_cancelled(self):
        error = asyncio.CancelledError('task 7 of postgres://user:pw@host')
        assert get_callable_json(error) == {'status': 'CANCELLED', 'message': 'The call was cancelled.'}
        assert get_http_status(error) == 499

    @pytest.mark.parametrize('to_json', [get_callable_json, get_reflection_json])
    def test_survives_an_error_that_cannot_be_shown(self, to_json):
        class MuteError(Exception):
            def __str__(self):
                raise RuntimeError('no text')

            __repr__ = __str__

        assert to_json(raised(MuteError()))
        wrapped = GenkitError('outer', cause=raised(MuteError()))
        assert to_json(wrapped)['message'].startswith('outer')
        assert str(wrapped) == 'INTERNAL: outer: <MuteError that cannot be shown>'


class TestUnexpectedErrors:
    @pytest.mark.parametrize(
        'error',
        [
            RuntimeError('x'),
            SystemExit(3),
            asyncio.CancelledError(),
            GenkitError('outer', cause=KeyError('x')),
            GenkitError('outest', cause=GenkitError('outer', cause=KeyError('x'))),
        ],
        ids=repr,
    )
    def test_are_those_that_are_masked(self, error):
        assert is_unexpected(error)

    @pytest.mark.parametrize(
        'error',
        [
            PublicError('INTERNAL', 'We are sorry.'),
            GenkitError('full', status='UNAVAILABLE', cause=OSError('x')),
            GenkitError('outer', cause=GenkitError('inner', status='NOT_FOUND')),
            GenkitError('outer', status='INTERNAL', cause=GenkitError('inner', cause=None)),
            Interrupt(),
        ],
        ids=repr,
    )
    def test_are_not_those_that_clients_are_told_of(self, error, caplog):
        assert not is_unexpected(error)
        log_unexpected(error, 'It')
        assert not caplog.records

    def test_are_logged_once_with_traceback_and_trace(self, caplog):
        cause = raised(RuntimeError('database is down'))
        wrapped = raised(GenkitError('outer', cause=cause, trace_id='a' * 32))
        log_unexpected(wrapped, "Flow 'greet'")
        for again in (wrapped, cause, GenkitError('outest', cause=wrapped)):
            log_unexpected(again, 'It')
        [record] = caplog.records
        assert (record.name, record.levelno) == ('genkit', logging.ERROR)
        assert record.getMessage() == f"Flow 'greet' failed: RuntimeError (trace {'a' * 32})"
        assert 'database is down' in logging.Formatter().format(record)
        assert TraceContextFilter().filter(record)
        assert record.trace_id == 'a' * 32

    def test_are_logged_with_the_trace_that_is_known_elsewhere(self, caplog):
        log_unexpected(RuntimeError(), 'It', 'b' * 32)
        log_unexpected(RuntimeError(), 'It')
        assert [record.getMessage() for record in caplog.records] == [
            f'It failed: RuntimeError (trace {"b" * 32})',
            'It failed: RuntimeError',
        ]

    def test_that_name_themselves_as_their_cause_are_logged_as_any_other(self, caplog):
        error = GenkitError('x')
        error.cause = error
        log_unexpected(error, 'It')
        assert len(caplog.records) == 1
