import type { Example } from '../../rule.ts'

/** A dump of one container that runs, of which fields of its HostConfig and its State are given. */
export function inDump(host: string, state = '"Status": "running"', more = ''): Example {
  const lines = (text: string, by: number): string =>
    text
      .split('\n')
      .map((line) => ' '.repeat(by) + line)
      .join('\n')
  return {
    path: 'containers.json',
    text: `[
  {
    "Name": "/web",
${more === '' ? '' : `${lines(more, 4)},\n`}    "State": {
${lines(state, 6)}
    },
    "Config": { "Image": "registry.example.com/web:1" },
    "HostConfig": {
${lines(host, 6)}
    }
  }
]
`,
  }
}
