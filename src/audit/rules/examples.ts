import type { Example } from '../rule.ts'

/** Stands before what is found in a bad example. */
export const MARK = '»'

/** An example as a file would hold it. */
export function plainExample(example: Example): Example {
  return { ...example, text: example.text.replaceAll(MARK, '') }
}

/** Requests and limits of a container that no rule finds fault with. */
export function resources(memory: string): string {
  return `resources:
  requests:
    cpu: 100m
    memory: ${memory}
  limits:
    memory: ${memory}`
}

/** A pod with one container, whose further lines are given. */
export function inPod(lines: string, pod = ''): Example {
  return kubernetes(`
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
${pod === '' ? '' : `${indent(pod, 6)}\n`}      containers:
        - name: web
${indent(lines, 10)}
  `)
}

export function kubernetes(text: string): Example {
  return { path: 'manifest.yaml', text: dedent(text) }
}

/** A service `web`, whose lines are given, and what else the file holds. */
export function inService(lines: string, rest = ''): Example {
  return {
    path: 'compose.yaml',
    text: `services:\n  web:\n${indent(lines, 4)}\n${rest === '' ? '' : dedent(rest)}`,
  }
}

export function dockerfile(text: string): Example {
  return { path: 'Dockerfile', text: dedent(text) }
}

function indent(text: string, by: number): string {
  return dedent(text)
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n')
}

/** Takes away the indentation that all lines share, and empty lines at both ends. */
function dedent(text: string): string {
  const lines = text
    .replace(/^\s*\n/, '')
    .trimEnd()
    .split('\n')
  const shared = Math.min(
    ...lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0),
  )
  return `${lines.map((line) => line.slice(shared)).join('\n')}\n`
}

/** A file as it stands. */
export function raw(path: string, text: string): Example {
  return { path, text }
}
