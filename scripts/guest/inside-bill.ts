/**
 * Runs in a guest: fills a group with every kind of memory that can be made on purpose, and writes down its bill, that of one
 * of its processes, of the machine, and of the group when it is killed. `node scripts/guest/inside-bill.ts FOLDER`
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { must } from '../lib/exec.ts'
import { call } from './call.ts'
import { dropGroup, holding, makeGroup, memoryEvent, readGroup, startIn, until } from './lab.ts'

const GROUP = '/stella-bill'
const LEFT_BEHIND = ['/dev/shm/stella-bill', '/scratch-bill']

/** Anonymous memory, threads, pipes and sockets that are full, a file that is read, one on tmpfs, and names of files. */
const EVERY_KIND = `
import os, socket, threading, time
held = bytearray(80 << 20)
for at in range(0, len(held), 4096): held[at] = 1
pipes = [os.pipe() for _ in range(64)]
for _, end in pipes: os.write(end, b'x' * 65536)
pairs = [socket.socketpair() for _ in range(32)]
for one, _ in pairs:
    one.setblocking(False)
    try:
        while True: one.send(b'x' * 4096)
    except BlockingIOError: pass
for _ in range(40): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
with open('/scratch-bill', 'wb') as file:
    file.write(b'f' * (48 << 20)); file.flush(); os.fsync(file.fileno())
with open('/dev/shm/stella-bill', 'wb') as file: file.write(b't' * (24 << 20))
for at in range(2000):
    try: os.stat('/nowhere/%d' % at)
    except OSError: pass
if os.fork() == 0: time.sleep(600)
open('/tmp/ready', 'w').close()
time.sleep(600)
`

const [folder = '/out'] = process.argv.slice(2)
makeGroup(GROUP, { 'memory.max': String(512 << 20) })
try {
  writeFileSync('/tmp/every-kind.py', EVERY_KIND)
  startIn(GROUP, 'exec python3 /tmp/every-kind.py')
  await until('every kind of memory is there', () => existsSync('/tmp/ready'))
  await record('group', `cgroup:${GROUP}`)
  const [pid] = readGroup(GROUP, 'cgroup.procs').split('\n')
  await record('process', `pid:${pid}`)
  await record('host', 'host')
  startIn(GROUP, holding('stella-eater', 600))
  await until('it is killed', () => memoryEvent(GROUP, 'oom_kill') > 0)
  const log = await must('dmesg', ['-S'])
  writeFileSync('/tmp/kernel.log', log)
  await record('dead', '--from', '/tmp/kernel.log')
} finally {
  await dropGroup(GROUP)
  for (const file of LEFT_BEHIND) rmSync(file, { force: true })
}
process.exit(0)

async function record(name: string, ...target: string[]): Promise<void> {
  const { code, out, err } = await call('bill', ...target, '--json')
  writeFileSync(join(folder, `${name}.json`), out)
  if (code !== 0) throw new Error(`${name}: ${err}`)
}
