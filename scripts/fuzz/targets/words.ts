/** What is done to every text from outside: secrets go, and nothing in it is obeyed by a terminal. */
import { describeCgroupPath } from '../../../src/evidence/cgroup-path.ts'
import { redactText } from '../../../src/evidence/redact.ts'
import { printable } from '../../../src/report/printable.ts'
import { demultiplex } from '../../../src/sources/docker/multiplexed.ts'
import { asStellaError, problemOf, retryAfterOf } from '../../../src/sources/kubernetes/problem.ts'
import { filesOf, texts } from '../corpus.ts'
import { must, mustBePrintable } from '../sound.ts'
import type { Target } from '../target.ts'

const SECRET = 'Hunter2Kq8vXw3Tz'
/** How people write a secret down, each to the end of its line. */
const WRITTEN: readonly string[] = [
  `DB_PASSWORD=${SECRET}`,
  `"API_TOKEN=${SECRET}"`,
  `  password: ${SECRET}`,
  `--client-secret ${SECRET}`,
  `Authorization: Bearer ${SECRET}`,
  `postgres://shop:${SECRET}@db:5432/shop`,
  `{"name": "SECRET_KEY", "value": "${SECRET}"}`,
]

export const REDACTION: Target = {
  name: 'redaction',
  samples: () => [...filesOf('fixtures/docker'), ...filesOf('fixtures/app-log')],
  run({ bytes }, random) {
    const text = bytes.toString().slice(0, 60_000)
    const written = WRITTEN[random(WRITTEN.length)] ?? ''
    // Behind what ends a line and a quote, whatever came before.
    const at = text.indexOf('\n', random(text.length + 1)) + 1
    const isApart = (text.slice(0, at).match(/"/g)?.length ?? 0) % 2 === 0
    const given = isApart
      ? `${text.slice(0, at)}${written}\n${text.slice(at)}`
      : `${written}\n${text}`
    const once = redactText(given)
    must(!once.includes(SECRET), `a secret stays: ${written}`)
    must(redactText(once) === once, 'taking secrets out again changes something')
  },
}

export const PRINTABLE: Target = {
  name: 'printable',
  samples: () => texts(['web\u001b[2J', 'a\u202eb\u0007', 'name\r\nforged: line', '\u009b31m']),
  run: ({ bytes }) => mustBePrintable(printable(bytes.toString())),
}

export const CGROUP_PATHS: Target = {
  name: 'cgroup-paths',
  samples: () =>
    texts([
      `/system.slice/docker-${'c0ffee'.repeat(10)}cafe.scope`,
      '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0c1f2a3b_0000_1111_2222_333344445555.slice/cri-containerd-c0ffee.scope',
      '/machine.slice/libpod-c0ffee.scope/container',
      '/mesos/0c1f2a3b-0000-1111-2222-333344445555',
      '/lxc.payload.web/user.slice',
    ]),
  run: ({ bytes }) => describeCgroupPath(bytes.toString()),
}

export const ENGINE_LOGS: Target = {
  name: 'engine-logs',
  samples: () =>
    texts([
      '\u0001\0\0\0\0\0\0\u0005hello\u0002\0\0\0\0\0\0\u0005world',
      'plain text of a tty\r\n',
    ]),
  run({ bytes }) {
    must(demultiplex(bytes).length <= bytes.length, 'a log that grows')
  },
}

export const KUBERNETES_PROBLEMS: Target = {
  name: 'kubernetes-problems',
  samples: () =>
    texts([
      '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"pods is forbidden: User \\"x\\" cannot list resource \\"pods\\" in API group \\"\\"","reason":"Forbidden","details":{"retryAfterSeconds":1},"code":403,"metadata":{"continue":"a"}}',
      '<html><body>502 Bad Gateway</body></html>',
    ]),
  run({ bytes }) {
    const body = bytes.toString()
    for (const status of [401, 403, 404, 409, 410, 413, 429, 500, 502]) {
      const { line } = asStellaError(problemOf(status, 'GET /api', body), 'https://cluster')
      must(line.length < 3_000, 'an error as long as its answer')
    }
    retryAfterOf(body)
  },
}
