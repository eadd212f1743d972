import { spawn } from 'node:child_process'
import { exec } from '../lib/exec.ts'
import { LAUNCHER } from '../lib/repo.ts'

export interface Answer {
  /** The verdict's code; a sentence where there is no verdict. */
  code: string
}

/** Shows what `stella why` says, as a user would see it, and gives back its verdict. */
export async function askStella(args: readonly string[]): Promise<Answer> {
  await show(['why', ...args])
  const { stdout, stderr } = await exec(process.execPath, [LAUNCHER, 'why', ...args, '--json'])
  return { code: verdictOf(stdout) ?? (stderr.trim() || 'nothing') }
}

function show(args: readonly string[]): Promise<void> {
  console.log()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.once('error', reject)
    child.once('close', () => resolve())
  })
}

function verdictOf(json: string): string | null {
  const code = /"verdict":\s*\{\s*"code":\s*"([a-z-]+)"/.exec(json)?.[1]
  return code ?? null
}
