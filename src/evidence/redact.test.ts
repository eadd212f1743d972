import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContainerState } from '../model/facts.ts'
import type { World } from '../model/evidence.ts'
import { redactText, redactWorld } from './redact.ts'

/** Secrets as people make them: letters, digits and signs, never a quantity or a word. */
const secret = fc
  .stringMatching(/^[A-Za-z0-9!#$%^&*()_+=.,;:?~-]{6,40}$/)
  .map((tail) => `q7X${tail}Z9`)
const secretName = fc.constantFrom(
  'PASSWORD',
  'DB_PASSWORD',
  'MYSQL_ROOT_PASSWORD',
  'PGPASSWORD',
  'GITHUB_TOKEN',
  'sessionToken',
  'CLIENT_SECRET',
  'API_KEY',
  'apiKey',
  'STRIPE_KEY',
  'SSH_PRIVATE_KEY',
  'AWS_SECRET_ACCESS_KEY',
  'GOOGLE_CREDENTIALS',
  'BASIC_AUTH',
  'SENTRY_DSN',
  'spring.datasource.password',
)

/** Every place in which a secret has been seen to stand. */
const PLACES: Record<string, (name: string, value: string) => string> = {
  'shell assignment': (name, value) => `start ${name}=${value} java -jar app.jar`,
  'quoted assignment': (name, value) => `${name}="${value} and more" run`,
  'option with =': (name, value) => `app --${name}=${value} --port=80`,
  'option with a space': (name, value) => `app --${name} ${value} --port 80`,
  'java property': (name, value) => `java -Xmx64m -D${name}=${value} Main`,
  'Env of an inspect document': (name, value) => `"Env": ["A=b", "${name}=${value} two words"]`,
  'Cmd of an inspect document': (name, value) => `"Cmd": ["app", "--${name}", "${value}"]`,
  'JSON field': (name, value) => `{"user":"u","${name}": "${value}"}`,
  'JSON inside a JSON string': (name, value) => `{"log":"{\\"${name}\\":\\"${value}\\"}"}`,
  'YAML field': (name, value) => `db:\n  ${name}: ${value} more\n  port: 1`,
  'Kubernetes variable, JSON': (name, value) => `{"name":"${name}","value":"${value}"}`,
  'Kubernetes variable, YAML': (name, value) => `- name: ${name}\n  value: ${value}\n- name: A`,
  'kubectl describe': (name, value) => `Environment:\n      ${name}:  ${value}\n      A: b`,
  'log line': (name, value) => `2024-05-01 INFO connecting with ${name}=${value}`,
  'bearer header': (_name, value) => `Authorization: Bearer ${value}`,
  'curl header': (_name, value) => `curl -H "Authorization: Basic ${value}" http://x`,
  cookie: (_name, value) => `Cookie: session=${value}; theme=dark`,
}

test.each(Object.entries(PLACES))('no secret survives: %s', (_place, write) => {
  fc.assert(
    fc.property(secretName, secret, (name, value) => {
      expect(redactText(write(name, value))).not.toContain(value)
    }),
  )
})

test('no password of a URL survives, and the host stays', () => {
  const urlSecret = fc
    .stringMatching(/^[A-Za-z0-9!$&*()_+=.,;%~-]{1,30}$/)
    .map((tail) => `q7X${tail}`)
  fc.assert(
    fc.property(urlSecret, (value) => {
      const result = redactText(`connect to postgres://shop:${value}@db.internal:5432/shop failed`)
      expect(result).not.toContain(value)
      expect(result).toContain('db.internal:5432/shop')
    }),
  )
})

test('secrets are known by their shape', () => {
  const known = [
    'AKIAIOSFODNN7EXAMPLE',
    `ghp_${'a1B2'.repeat(9)}`,
    `github_pat_${'a1B2'.repeat(8)}`,
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\nMIIEow …',
  ]
  for (const value of known) {
    expect(redactText(`saw ${value}`)).toBe('saw [redacted]')
  }
})

/** One after the other, as whoever wants to hold stella up would write them. */
test.each([
  '"a=\\',
  '"a=\\"',
  'key:',
  'key:"',
  'password="',
  'password=\\"',
  'password:{',
  'cookie:{',
  '"name":"a","value":"\\',
  '"--token","',
])('a text is looked through in no time, whatever it repeats: %s', (piece) => {
  for (const end of ['', '"', '\\', ' …']) {
    const before = process.cpuUsage()
    redactText(piece.repeat(200_000 / piece.length) + end)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000_000, 'seconds').toBeLessThan(3)
  }
})

test.each([
  ['a file in a variable', '"Env": ["CONF=password: two words", "A=b"]', 'two words'],
  ['a list in a variable', '"A={\\"Env\\":[\\"DB_PASSWORD=two words\\"]}"', 'two words'],
  ['options in a variable', '"JAVA_OPTS=-Xmx64m -Dpassword=changeit9 -Xss1m"', 'changeit9'],
  ['cut behind a backslash', '"DB_PASSWORD=two words\\', 'two words'],
])('no secret survives inside of a value: %s', (_, text, secretWords) => {
  const result = redactText(text)
  expect(result).not.toContain(secretWords)
  expect(redactText(result)).toBe(result)
})

test('applying it again changes nothing', () => {
  const pieces = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '=',
      ': ',
      '"',
      '\\"',
      '--',
      'password',
      'TOKEN',
      'Bearer ',
      '://u:',
      '@',
      '\n',
    ),
    fc
      .tuple(fc.constantFrom(...Object.values(PLACES)), secretName, secret)
      .map(([write, name, value]) => write(name, value)),
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const once = redactText(parts.join(''))
      expect(redactText(once)).toBe(once)
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  'JAVA_OPTS=-Xmx512m -XX:MaxMetaspaceSize=64m',
  'NODE_OPTIONS=--max-old-space-size=256',
  'GOMEMLIMIT=400MiB',
  'KEY_BUFFER_SIZE=256M',
  'MAX_TOKENS=4096',
  'PWD=/srv/app',
  'auth: exited with code 137',
  'Memory cgroup out of memory: Killed process 4321 (token) total-vm:123kB, anon-rss:456kB',
  'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,task=auth,pid=7,uid=0',
  'Image: docker-pullable://localhost:5000/shop/web@sha256:0123456789abcdef',
  'tolerations:\n- key: node.kubernetes.io/memory-pressure\n  operator: Exists',
  'docker run --user 1000:1000 web',
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
])('what bears on memory stays: %s', (text) => {
  expect(redactText(text)).toBe(text)
})

test('only the secret inside of a kept value goes', () => {
  expect(redactText('JAVA_OPTS=-Xmx64m -Djavax.net.ssl.keyStorePassword=changeit9 -Xss1m')).toBe(
    'JAVA_OPTS=-Xmx64m -Djavax.net.ssl.keyStorePassword=[redacted] -Xss1m',
  )
})

test('a secret of the environment goes from everywhere in the world', () => {
  fc.assert(
    fc.property(secretName, secret, (name, value) => {
      const result = redactWorld(worldWith([`${name}=${value}`, 'JAVA_OPTS=-Xmx64m'], value))
      expect(JSON.stringify(result)).not.toContain(JSON.stringify(value).slice(1, -1))
      expect(JSON.stringify(result)).toContain('JAVA_OPTS=-Xmx64m')
      expect(redactWorld(result)).toEqual(result)
    }),
  )
})

function worldWith(env: readonly string[], secretWord: string): World {
  const fact: ContainerState = {
    kind: 'container-state',
    engine: 'docker',
    id: 'c0ffee',
    name: 'web',
    image: null,
    status: 'exited',
    running: false,
    pid: null,
    exitCode: 137,
    oomKilled: true,
    error: null,
    startedAt: 1,
    finishedAt: 2,
    restartCount: 0,
    restartPolicy: null,
    memoryLimitBytes: 33_554_432,
    memorySwapBytes: null,
    memorySwapUnlimited: false,
    memoryReservationBytes: null,
    shmSizeBytes: null,
    oomKillDisable: false,
    oomScoreAdj: 0,
    cgroupParent: null,
    command: ['mysql', `-p${secretWord}`, '--api-key', secretWord],
    env,
    labels: { 'com.example.token': secretWord },
    health: null,
  }
  const excerpt = `mysql -p${secretWord}`
  return {
    observations: [
      { source: 'docker', at: 1, says: 'exited', excerpt, from: 'inspect.json', fact },
    ],
    unknown: [`could not read /proc: ${secretWord}`],
  }
}
