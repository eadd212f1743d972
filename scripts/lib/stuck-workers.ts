/**
 * A test worker that never comes back: an endless loop blocks the timer of its own test, too, so that only somebody outside can
 * tell where it is and end it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { isRecord } from '../../src/parsers/json-fields.ts'

/** Where a Node process that gets SIGUSR1 lets itself be looked into. */
const INSPECTOR = '127.0.0.1:9229'
const PATIENCE_MS = 10_000
const MAX_FRAMES = 12

/** Ends the test workers below a process, and tells where each was. */
export async function endWorkers(pid: number): Promise<string> {
  const told: string[] = []
  for (const worker of processesBelow(pid).filter(isWorker)) {
    told.push(`worker ${worker}: ${inKernel(worker)}`, ...(await frames(worker)))
    signal(worker, 'SIGKILL')
  }
  return told.join('\n')
}

function processesBelow(pid: number): number[] {
  const own = read(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number)
  return own.flatMap((child) => [child, ...processesBelow(child)])
}

function isWorker(pid: number): boolean {
  return read(pid, 'cmdline').includes('vitest/dist/workers')
}

/** Where each of its threads sleeps in the kernel: four of Node's that wait for a file hold up every other one. */
function inKernel(pid: number): string {
  const state = /State:\s*(.*?\))/.exec(read(pid, 'status'))?.[1] ?? 'gone'
  const threads = namesIn(`/proc/${pid}/task`).map((thread) => {
    const at = (name: string): string => read(pid, `task/${thread}/${name}`)
    return `\n  thread ${thread} ${at('comm')}: ${at('wchan')}; ${at('syscall')}`
  })
  return `${state}${threads.join('')}`
}

/** What its JavaScript is at, which it is stopped for; it has to be ended afterwards. */
async function frames(pid: number): Promise<string[]> {
  if (await answers()) return [`${INSPECTOR} is taken: its stack cannot be read`]
  signal(pid, 'SIGUSR1')
  for (let waited = 0; waited < PATIENCE_MS && !(await answers()); waited += 100) await pause(100)
  try {
    const listed: unknown = await (await asked('/json/list')).json()
    const first: unknown = Array.isArray(listed) ? listed[0] : null
    const address = isRecord(first) ? first['webSocketDebuggerUrl'] : null
    return typeof address === 'string' ? await pausedAt(address) : ['it has no inspector']
  } catch (error) {
    return [`its stack cannot be read: ${String(error)}`]
  }
}

function pausedAt(address: string): Promise<string[]> {
  const socket = new WebSocket(address)
  const files = new Map<unknown, unknown>()
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve(['it does not stop: it is in no JavaScript']),
      PATIENCE_MS,
    )
    socket.addEventListener('open', () => {
      socket.send('{"id":1,"method":"Debugger.enable"}')
      socket.send('{"id":2,"method":"Debugger.pause"}')
    })
    socket.addEventListener('message', ({ data }) => {
      const message: unknown = JSON.parse(String(data))
      const { method, params } = isRecord(message) ? message : {}
      if (!isRecord(params)) return
      if (method === 'Debugger.scriptParsed') files.set(params['scriptId'], params['url'])
      if (method !== 'Debugger.paused') return
      clearTimeout(timer)
      resolve(framesIn(params['callFrames'], files))
    })
  })
}

function framesIn(found: unknown, files: ReadonlyMap<unknown, unknown>): string[] {
  return (Array.isArray(found) ? found : []).slice(0, MAX_FRAMES).map((frame: unknown) => {
    if (!isRecord(frame) || !isRecord(frame['location'])) return '  at ?'
    const { scriptId, lineNumber } = frame['location']
    return `  at ${String(frame['functionName'])} (${String(files.get(scriptId))}:${Number(lineNumber) + 1})`
  })
}

async function answers(): Promise<boolean> {
  return asked('/json/version').then(
    () => true,
    () => false,
  )
}

function asked(path: string): Promise<Response> {
  return fetch(`http://${INSPECTOR}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) })
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').trim().replaceAll('\n', ', ')
  } catch {
    return ''
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone.
  }
}
