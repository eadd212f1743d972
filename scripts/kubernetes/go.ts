import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../lib/cache.ts'
import { exec, must } from '../lib/exec.ts'

/** What go.mod asks for at least; Debian 12 has 1.19. */
const LEAST_MINOR = 24
const TOOLCHAIN = 'v0.0.1-go1.25.5.linux-amd64'
const SHA256 = '8cea6783dab64d68b38f5b81ecd38d45155a3c06638991acc6af19e0fca80edb'

/** A Go that can build Kubernetes: the machine's own, else one that the module proxy keeps, in the cache. */
export async function goProgram(): Promise<string> {
  const { exitCode, stdout } = await exec('go', ['env', 'GOVERSION'])
  const minor = Number(/^go1\.(\d+)/.exec(stdout)?.[1] ?? 0)
  if (exitCode === 0 && minor >= LEAST_MINOR) return 'go'
  const cache = cacheFolder('go')
  const home = join(cache, TOOLCHAIN)
  const program = join(home, 'bin/go')
  if (existsSync(program)) return program
  console.log(`go ${TOOLCHAIN}: is fetched`)
  const folder = mkdtempSync(join(cache, 'new-'))
  try {
    const archive = join(folder, 'go.zip')
    const url = `https://proxy.golang.org/golang.org/toolchain/@v/${TOOLCHAIN}.zip`
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
    const sum = createHash('sha256').update(bytes).digest('hex')
    if (sum !== SHA256) throw new Error(`${url} is another file than was expected (${sum})`)
    writeFileSync(archive, bytes)
    await must('python3', ['-m', 'zipfile', '-e', archive, folder])
    const made = join(folder, `golang.org/toolchain@${TOOLCHAIN}`)
    // Archives of modules keep no modes.
    await must('chmod', ['-R', '+x', join(made, 'bin'), join(made, 'pkg/tool')])
    renameSync(made, home)
  } finally {
    rmSync(folder, { recursive: true })
  }
  return program
}
