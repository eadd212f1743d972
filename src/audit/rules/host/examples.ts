import type { Example } from '../../rule.ts'

/** A machine with cgroup v2 and 16 GiB, of which further fields are given. */
export function onMachine(fields: string, cgroup: 1 | 2 = 2): Example {
  const lines = fields.trim().split('\n')
  return {
    path: 'host.json',
    text: `{
  "schema": "stella.machine/1",
  "kernel": "6.1.0-18-amd64",
  "cgroup": ${cgroup},
${lines.map((line) => `  ${line}`).join('\n')}
}
`,
  }
}
