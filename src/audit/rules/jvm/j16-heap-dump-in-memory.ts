import type { Rule } from '../../rule.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'

const service = (path: string): string => `
image: registry.example.com/web:1
command: [java, -Xmx300m, -XX:+HeapDumpOnOutOfMemoryError, ${path}, -jar, app.jar]
mem_limit: 600m
tmpfs:
  - /tmp:size=64m`

export const heapDumpInMemory: Rule = {
  id: 'J16',
  severity: 'high',
  title: 'The heap dump is written into memory',
  why: 'The path lies in a file system that is memory of this very container: a dump as large as the heap does not fit beside the heap. It is cut, or the kernel kills while it is written. Give it a volume on a disk.',
  reference: 'measured: files of a tmpfs count against the limit',
  examples: {
    bad: inService(service('»-XX:HeapDumpPath=/tmp/heap.hprof')),
    good: inService(service('-XX:HeapDumpPath=/dumps/heap.hprof')),
  },
  check: inJvms(function* ({ options }, { memoryMounts }) {
    if (!options.some(({ text }) => text === '-XX:+HeapDumpOnOutOfMemoryError')) return
    const word = options.findLast(({ text }) => text.startsWith('-XX:HeapDumpPath='))
    const path = word?.text.slice('-XX:HeapDumpPath='.length) ?? ''
    const folders = [...memoryMounts.flatMap((mount) => mount.path ?? []), '/dev/shm']
    const folder = folders.find((found) => isBelow(path, found))
    if (word === undefined || folder === undefined) return
    yield { place: word.place, message: `${folder} is memory of this container` }
  }),
}

function isBelow(path: string, folder: string): boolean {
  const plain = folder.replace(/\/$/, '')
  return path === plain || path.startsWith(`${plain}/`)
}
