import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../lib/cache.ts'
import { must } from '../lib/exec.ts'

/**
 * Another Debian suite than the machine's own, from the mirror that the machine uses, with package lists of its own:
 * /etc/apt and what is installed stay as they are.
 */
export interface DebianSuite {
  /** Names of packages that begin with a prefix, in no order. */
  packages(prefix: string): Promise<string[]>
  /** Downloads a package into a folder and gives back nothing: its file is the only new `.deb` there. */
  download(name: string, folder: string): Promise<void>
}

/** Reads the suite's package list afresh. */
export async function openSuite(suite: string): Promise<DebianSuite> {
  const options = await privateLists(suite)
  await must('apt-get', [...options, 'update'])
  return {
    async packages(prefix) {
      const names = await must('apt-cache', [...options, 'pkgnames', prefix])
      return names.split('\n').filter((name) => name !== '')
    },
    async download(name, folder) {
      await must('apt-get', [...options, 'download', name], { cwd: folder })
    },
  }
}

async function privateLists(suite: string): Promise<string[]> {
  const folder = cacheFolder('apt', suite)
  mkdirSync(join(folder, 'lists/partial'), { recursive: true })
  mkdirSync(join(folder, 'archives/partial'), { recursive: true })
  writeFileSync(join(folder, 'status'), '')
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
  const mirror = await mirrorOf(suite)
  writeFileSync(
    join(folder, 'sources.list'),
    `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`,
  )
  return [
    `Dir::Etc::sourcelist=${folder}/sources.list`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${folder}/lists`,
    `Dir::State::status=${folder}/status`,
    `Dir::Cache=${folder}`,
    'Acquire::Languages=none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    // An old suite's index is past its date and still signed.
    'Acquire::Check-Valid-Until=false',
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option])
}

async function mirrorOf(suite: string): Promise<string> {
  const targets = await must('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    'Created-By: Packages',
  ])
  const mirrors = targets.split('\n')
  const kind = suite.endsWith('-security') ? /\/debian-security\/?$/ : /\/debian\/?$/
  const mirror = mirrors.find((uri) => kind.test(uri))
  if (mirror === undefined)
    throw new Error(`no Debian mirror for ${suite} in the apt configuration`)
  return mirror
}
