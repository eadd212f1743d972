import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What systemd shows of a service. */
export interface ReadService {
  /** Bytes, as it writes them. */
  limit: string
  variables: string[]
  commands: string[]
}

/** What the systemd of this machine reads in services with these lines. Nothing is started; needs root, to become a common user. */
export function readBySystemd(services: readonly string[]): ReadService[] {
  const folder = mkdtempSync(join(tmpdir(), 'stella-systemd-'))
  try {
    chmodSync(folder, 0o755)
    const names = services.map((lines, at) => {
      const name = `x${at}.service`
      const text = `[Unit]\nDefaultDependencies=no\n[Service]\n${lines}\n`
      writeFileSync(join(folder, name), text)
      return name
    })
    const wants = names.map((name) => `Wants=${name}\n`).join('')
    writeFileSync(join(folder, 'default.target'), `[Unit]\nDefaultDependencies=no\n${wants}`)
    const units = shownUnits(folder)
    return names.map((name) => serviceIn(units.get(name) ?? ''))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** It shows what it has read, and ends; not to root. */
function shownUnits(folder: string): Map<string, string> {
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups']
  const systemd = ['/lib/systemd/systemd', '--test', '--system', '--unit=default.target']
  const shown = execFileSync('setpriv', [...nobody, ...systemd], {
    encoding: 'utf8',
    env: { SYSTEMD_UNIT_PATH: folder },
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  })
  return new Map(
    shown
      .split(/^\t*-> Unit /m)
      .map((text): [string, string] => [text.split(':', 1)[0] ?? '', text]),
  )
}

function serviceIn(text: string): ReadService {
  const all = (pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map((match) => match[1] ?? '')
  return {
    limit: all(/^\t\tMemoryMax: (.*)$/gm)[0] ?? '',
    variables: all(/^\t\tEnvironment: (.*)$/gm),
    commands: all(/^\t\t\tCommand Line: (.*)$/gm),
  }
}
