import { spawn } from 'node:child_process'

export interface ExecOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  timeoutMs?: number
}

export interface ExecResult {
  /** 128 + n for signal n, as a shell tells it. */
  exitCode: number
  stdout: string
  stderr: string
}

/** Runs a program to its end and gives back what it wrote; a program that cannot be started is exit code 127. */
export function exec(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', (error) => resolve({ exitCode: 127, stdout: '', stderr: error.message }))
    child.on('close', (code, signal) =>
      resolve({
        exitCode: code ?? shellCode(signal),
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    )
  })
}

/** Like {@link exec}, for steps that must work: gives back stdout, or throws with what the program said. */
export async function must(
  program: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<string> {
  const result = await exec(program, args, options)
  if (result.exitCode === 0) return result.stdout
  const said = (result.stderr || result.stdout).trim().split('\n').slice(-5).join('\n')
  throw new Error(`${program} ${args.join(' ')}: exit ${result.exitCode}\n${said}`)
}

/** Arguments that hold no space, written as in a shell. */
export function words(text: string): string[] {
  return text.split(' ')
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
}

function shellCode(signal: NodeJS.Signals | null): number {
  return 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0)
}
