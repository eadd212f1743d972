/**
 * Within a process of the soak: what V8 says of its heap, every few seconds, as a file `heap-PID`. Only a child of the soak itself tells
 * it: workers and programs that stella starts get the same environment.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryUsage, pid, ppid } from 'node:process'
import { isMainThread } from 'node:worker_threads'

const folder = process.env['STELLA_SOAK_HEAPS']
if (isMainThread && folder !== undefined && String(ppid) === process.env['STELLA_SOAK_PARENT']) {
  const tell = () => {
    const { heapUsed, heapTotal, external } = memoryUsage()
    writeFileSync(join(folder, `heap-${pid}`), JSON.stringify({ heapUsed, heapTotal, external }))
  }
  setInterval(tell, 3_000).unref()
}
