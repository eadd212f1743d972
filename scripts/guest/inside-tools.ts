/**
 * Runs in a guest: real tools look at containers that hold memory of every kind. Writes what was seen as one JSON file.
 * `node scripts/guest/inside-tools.ts FILE`
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isReady } from '../../test/support/load-container.ts'
import { recordTools } from '../../test/support/record-tools.ts'
import type { ToolsRecording } from '../../test/support/record-tools.ts'
import { must, words } from '../lib/exec.ts'
import { startDocker, startPodman } from './engines.ts'

const [file = '/out/tools.json'] = process.argv.slice(2)
const LOAD = '/repo/test/support/mixed-load.py'
const SOCKETS = { docker: '/var/run/docker.sock', podman: null } as const

await startDocker()
const docker = await recordContainer('docker')
await startPodman()
const podman = await recordContainer('podman')
writeFileSync(file, `${JSON.stringify({ docker, podman }, null, 1)}\n`)
// Daemons hold this process.
process.exit(0)

async function recordContainer(engine: 'docker' | 'podman'): Promise<ToolsRecording> {
  const name = `load-${engine}`
  const flags = words('--detach --network none --memory 256m --memory-swap 256m --shm-size 32m')
  const mounts = words(`-v /usr:/usr:ro -v /lib:/lib:ro -v /lib64:/lib64:ro -v ${LOAD}:/load.py:ro`)
  const command = ['local/empty', '/usr/bin/python3', '/load.py']
  await must(engine, ['run', '--name', name, ...flags, ...mounts, ...command])
  for (let tries = 0; !isReady(await must(engine, ['logs', name])); tries++) {
    if (tries > 120) throw new Error(`the load of ${engine} does not come about`)
    await sleep(250)
  }
  return recordTools({ engine, name, socket: SOCKETS[engine], env: {} })
}
