# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import copy
import json

import pytest
from genkit._base.secrets import REDACTED, is_secret, redact, redact_json, redact_query, redact_text, redact_values
from hypothesis import given
from hypothesis import strategies as st


def words(table):
    return table.split()


HIDDEN = words(
    'apiKey api_key API-KEY apikey x-api-key X_API_KEY authorization Authorization proxy-authorization password '
    'passwd passphrase secret token clientSecret client_secret accessToken access_token refresh-token idToken '
    'auth_token bearer_token session_token secretKey secret_key privateKey private_key accessKey credential '
    'credentials cookie Set-Cookie secrets apiKeys x_token x-auth-token openai_api_key OPENAI_API_KEY googleApiKey '
    'github_token db_password user_password aws_secret_access_key jwt pwd private_key_pem connection_string '
    'connectionString ConnectionString conn_str connstr database_url DATABASE_URL db_url redis_url mongodb_uri '
    'postgres_url sentry_dsn dsn account_key AccountKey subscription_key Ocp-Apim-Subscription-Key app_key hmac_key '
    'shared_key SharedAccessKey master_key otp totp otp_code mfa_code db_pass DB_PASS smtp_pass pass userpass '
    'authtoken authToken accesstoken refreshtoken secret_value secretValue client_secret_value password_hash '
    'passwordHash passwordConfirmation new_password password2 api_key_2 apikeys access_tokens refresh_tokens ssh_key '
    'sshKey signing_key encryption_key service_account_key storage_account_key webhook_secret webhookSecret '
    'signing_secret app_secret consumer_secret consumer_key oauth_token csrf_token xsrf-token X-Amz-Security-Token '
    'x-goog-api-key x-functions-key ANTHROPIC_AUTH_TOKEN HF_TOKEN hf_token openai_key stripe_key license_key '
    'admin_password root_password PGPASSWORD MYSQL_PWD basic_auth proxy_auth authorization_header auth_code '
    'authorization_code code_verifier recovery_codes seed_phrase mnemonic creds db_creds kubeconfig netrc '
    'google_credentials_json session_cookie cookies passcode bearer jwt_token id_token personal_access_token '
    'deploy_key pw db_pw sessionid JSESSIONID PHPSESSID github_pat GITHUB_PAT pin_code pinCode '
    'gpg_key privkey client_key tls_key AWS_SESSION_TOKEN awsSecretAccessKey'
)

SHOWN = words(
    'key inputTokens maxOutputTokens totalTokens tokenCount keyboard author secretary passwordless cookies_accepted '
    'name tokens max_tokens authors authority authored key_points keyPoints primary_key primaryKey foreign_key '
    'public_key sort_key partition_key cache_key hash_key row_key key_id keys key_value keyword keywords monkey '
    'turkey donkey hotkey keynote passenger passengers passage compass bypass pass_rate password_policy '
    'password_length passing passport surpass encompass trespass tokenizer tokenize token_count token_limit '
    'token_usage token_type token_ids max_token next_page_token pageToken nextPageToken eos_token pad_token '
    'stop_token first_token_latency tokens_per_second prompt_tokens completion_tokens cachedContentTokens secret_name '
    'secret_id secret_version password_required password_reset credential_type cookie_policy_version api_key_id '
    'access_key_id key_name key_path private_key_path token_url token_endpoint authorization_url '
    'authorization_endpoint author_name auth auth_method authenticated authentication_type base_url image_url '
    'video_uri url uri code error_code status_code country_code zip_code source_code code_block string connection '
    'connections conn_count option options description input_schema phrase key_phrase session_id sessionId user_id '
    'client_id project_id signature thoughtSignature card_number classification pwa crediting accredited credits '
    'credit_score pagination_token has_password is_secret cookie_recipe cookies_enabled path pattern pat pin spin_code'
)

SECRET = 'sk-0123456789-unguessable'

plain_names = st.sampled_from(['name', 'items', 'inputTokens', 'x', 'ä', 'tokenCount'])
plain = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
plain_data = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain_names, inner, max_size=3)
)


def around(hidden: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Return JSON values with secrets somewhere in them."""
    member = st.dictionaries(st.sampled_from(HIDDEN), hidden, min_size=1, max_size=2)
    return st.recursive(
        member,
        lambda inner: (
            st.lists(inner | plain, min_size=1, max_size=3)
            | st.dictionaries(plain_names, inner, min_size=1, max_size=3)
        ),
        max_leaves=8,
    )


@pytest.mark.parametrize('name', HIDDEN)
def test_names_of_credentials_are_known_in_every_spelling(name):
    assert is_secret(name)
    assert redact({name: SECRET}) == {name: REDACTED}


@pytest.mark.parametrize('name', HIDDEN)
def test_secrets_of_every_name_are_hidden_in_every_form(name):
    """The texts are looked through as a whole first; what that misses would stay."""
    for value in (
        {name: SECRET},
        [{'name': name, 'value': SECRET}],
        {'headers': [{'key': name, 'value': SECRET, 'enabled': True}]},
        {'header': name, 'value': [SECRET]},
        {'Name': name, 'Value': SECRET},
        [{'key': name, 'val': SECRET}],
        {'headers': [['accept', 'a'], [name, SECRET]]},
        {'body': f'{name}={SECRET}'},
        {'body': f'a=b&{name}={SECRET}'},
        {'body': json.dumps({name: SECRET})},
        {'body': ' \n' + json.dumps([{'name': name, 'value': SECRET}], indent=1)},
        {'text': f'The server said {{"{name}": "{SECRET}"}} and hung up.'},
        {'url': f'https://example.com/a?b=c&{name}={SECRET}&d=e#f'},
        {'text': f'See https://example.com/?{name}={SECRET}.'},
    ):
        assert SECRET not in redact_json(json.dumps(value)), value
        assert SECRET not in json.dumps(redact(value)), value


@pytest.mark.parametrize('name', ['', *SHOWN])
def test_names_that_only_look_alike_are_shown(name):
    assert not is_secret(name)
    for value in ({name: 'value'}, {'name': name, 'value': 'value'}, {'x': f'see {{"{name}": "value"}}'}):
        assert redact(value) == value
        assert redact_json(json.dumps(value)) == json.dumps(value)


def test_the_corpus_of_names_is_large_enough():
    assert len(set(HIDDEN)) >= 140
    assert len(set(SHOWN)) >= 100


@pytest.mark.parametrize('name', ['"pass\\u0077ord"', '"\\u0061piKey"', '"api\\u005fkey"'])
def test_names_may_be_escaped(name):
    assert SECRET not in redact_json(f'{{{name}:"{SECRET}"}}')
    assert SECRET not in redact_json(json.dumps({'body': f'{{{name}:"{SECRET}"}}'}))


@pytest.mark.parametrize(
    ('text', 'shown'),
    [
        ('postgres://ada:pw@db.example:5432/x', 'postgres://<redacted>@db.example:5432/x'),
        ('git clone https://ghp_abc@example.com/x.git', 'git clone https://<redacted>@example.com/x.git'),
        ('https://example.com/a?sig=abc&se=2026', 'https://example.com/a?sig=<redacted>&se=2026'),
        ('https://example.com/?x=1&X-Amz-Signature=ab', 'https://example.com/?x=1&X-Amz-Signature=<redacted>'),
        ('Server=a;User Id=b;Password=c;Timeout=3', 'Server=a;User Id=b;Password=<redacted>;Timeout=3'),
        ('AccountName=a;AccountKey=YWJj==;', 'AccountName=a;AccountKey=<redacted>;'),
        ('Write to ada@example.com, see https://example.com/@ada', None),
        ('https://example.com/?page=2&q=author', None),
        ('a = b; password_policy=strict; c', None),
        ('for (i = 0; i < n; i++) { x = y; }', None),
    ],
)
def test_addresses_and_connection_strings_keep_all_but_their_secrets(text, shown):
    shown = text if shown is None else shown
    assert redact_text(text) == redact({'x': text})['x'] == shown
    assert json.loads(redact_json(json.dumps({'x': text})))['x'] == shown


def test_parameters_of_queries_and_forms():
    given = 'grant_type=x&client_secret=s&code=c&key=k&scope=a+b&sig=&max_tokens=3'
    assert redact_query(given) == (
        'grant_type=x&client_secret=<redacted>&code=<redacted>&key=<redacted>&scope=a+b&sig=&max_tokens=3'
    )


def test_a_short_secret_is_replaced_only_where_it_stands_alone():
    assert redact_values('chunked by k, key k', ['k']) == 'chunked by <redacted>, key <redacted>'
    assert redact_values('chunked', ['k', None, '']) == 'chunked'
    assert redact_values(f'x{SECRET}y', [SECRET]) == f'x{REDACTED}y'
    assert redact_values('key=ab.c; xab.cx', ['ab.c']) == 'key=<redacted>; xab.cx'


def test_what_is_too_deep_to_be_looked_through_is_not_shown():
    text = '{"a":' * 5000 + '{"apiKey":"' + SECRET + '"}' + '}' * 5000
    assert SECRET not in redact_json(text)
    assert json.loads(redact_json(text))


@given(
    around(st.just(SECRET) | st.lists(st.just(SECRET), min_size=1) | st.fixed_dictionaries({'inner': st.just(SECRET)}))
)
def test_no_secret_is_left_at_any_depth(value):
    text = json.dumps(value)
    assert SECRET not in redact_json(text)
    assert SECRET not in json.dumps(redact(value))
    assert json.loads(redact_json(text)) == redact(value)


@given(plain_data)
def test_nothing_else_changes(value):
    text = json.dumps(value, ensure_ascii=False)
    assert redact(value) == value
    assert redact_json(text) == text


@given(around(st.just(SECRET)))
def test_the_given_value_is_left_as_it_is(value):
    before = copy.deepcopy(value)
    redact(value)
    assert value == before


def test_members_beside_a_secret_are_kept():
    assert redact({'user': 'ada', 'apiKey': SECRET, 'n': 1}) == {'user': 'ada', 'apiKey': REDACTED, 'n': 1}


@pytest.mark.parametrize('empty', [None, ''])
def test_an_absent_credential_is_seen_to_be_absent(empty):
    assert redact({'apiKey': empty}) == {'apiKey': empty}


def test_a_number_is_hidden_under_a_name_of_what_people_type():
    shown = {'tokens': 123456, 'max_tokens': 4096, 'secrets': 5, 'keys': 3000, 'token': True, 'password': False}
    hidden = {'password': 12345678, 'otp': 123456, 'mfaCode': 4821, 'db_pass': 1e9, 'client_secret': -12345}
    assert redact({**shown, **hidden}) == {**shown, **dict.fromkeys(hidden, REDACTED)}
    assert '12345' not in redact_json(json.dumps(hidden))


def test_names_that_are_no_text_are_not_looked_at():
    assert redact({1: 'a'}) == {1: 'a'}


def test_text_that_only_mentions_a_name_is_not_parsed():
    assert redact_json('not json, but "apiKey" is a word') == 'not json, but "apiKey" is a word'


def test_characters_survive_redaction():
    assert redact_json('{"ä":"€","token":"x"}') == '{"ä":"€","token":"<redacted>"}'


def test_json_within_json_is_looked_at():
    assert SECRET not in redact_json(json.dumps({'body': json.dumps({'apiKey': SECRET})}))


def test_the_schema_of_a_credential_is_kept_without_values():
    schema = {
        'type': 'object',
        'properties': {'password': {'type': 'string', 'minLength': 8}, 'token': {'$ref': '#/$defs/Token'}},
        'required': ['password', 'token'],
    }
    assert redact(schema) == schema
    assert json.loads(redact_json(json.dumps(schema))) == schema
    sample = {'password': {'type': 'string', 'default': SECRET, 'examples': [SECRET]}}
    assert redact(sample) == {'password': {'type': 'string', 'default': REDACTED, 'examples': REDACTED}}


@pytest.mark.parametrize(
    'value',
    [
        {'type': 'basic', 'description': SECRET},
        {'type': 'string', 'value': SECRET},
        {'properties': SECRET},
        {'type': 'object', 'properties': {'user': {'type': 'string', 'default': SECRET}}},
        {'type': 'object', '$defs': [SECRET]},
    ],
)
def test_a_value_that_only_resembles_a_schema_is_hidden(value):
    assert SECRET not in json.dumps(redact({'credentials': value}))
    assert SECRET not in redact_json(json.dumps({'credentials': value}))


def test_lists_of_names_are_kept():
    value = {'required': ['password', 'name'], 'x': [['token'], ['password', 3]]}
    assert redact(value) == value
