import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../lib/cache.ts'
import { must } from '../lib/exec.ts'
import { openSuite } from './debian.ts'

export interface GuestKernel {
  /** `6.1` */
  name: string
  /** `6.1.0-50-cloud-amd64` */
  version: string
  /** Folder that holds `boot/vmlinuz-…` and `lib/modules/…`. */
  folder: string
}

/** The kernels that the guests run, and the Debian suite that carries each. */
export const KERNELS = [
  { name: '5.10', suite: 'bullseye-security' },
  { name: '6.1', suite: 'bookworm' },
  { name: '6.12', suite: 'trixie' },
] as const

export type KernelName = (typeof KERNELS)[number]['name']

/**
 * A kernel that QEMU can boot: from the cache, or else the newest one of its Debian suite, downloaded and unpacked there.
 *
 * @throws Error when it is neither in the cache nor to be had from the mirror
 */
export async function getKernel(name: KernelName): Promise<GuestKernel> {
  const kernels = cacheFolder('kernels')
  const version = newest(readdirSync(kernels).filter((entry) => entry.startsWith(`${name}.`)))
  if (version !== null) return { name, version, folder: join(kernels, version) }
  return downloadKernel(name, kernels)
}

async function downloadKernel(name: KernelName, kernels: string): Promise<GuestKernel> {
  const suite = await openSuite(suiteOf(name))
  const prefix = 'linux-image-'
  const names = await suite.packages(`${prefix}${name}.`)
  const version = newest(
    names
      .map((entry) => entry.slice(prefix.length))
      .filter((entry) => entry.endsWith('-cloud-amd64')),
  )
  if (version === null) throw new Error(`Debian ${suiteOf(name)} has no cloud kernel ${name}`)

  const work = mkdtempSync(join(kernels, '.unpack-'))
  try {
    await suite.download(`${prefix}${version}`, work)
    const packages = readdirSync(work).filter((file) => file.endsWith('.deb'))
    for (const file of packages) await must('dpkg-deb', ['-x', join(work, file), work])
    // A usr-merged package keeps its modules under usr/.
    if (existsSync(join(work, 'usr/lib/modules')))
      renameSync(join(work, 'usr/lib'), join(work, 'lib'))
    for (const file of packages) rmSync(join(work, file))
    await must('depmod', ['-b', work, version])
    renameSync(work, join(kernels, version))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return { name, version, folder: join(kernels, version) }
}

function suiteOf(name: KernelName): string {
  const kernel = KERNELS.find((entry) => entry.name === name)
  if (kernel === undefined) throw new Error(`no such kernel: ${name}`)
  return kernel.suite
}

function newest(versions: readonly string[]): string | null {
  const order = new Intl.Collator('en', { numeric: true })
  return versions.toSorted(order.compare).at(-1) ?? null
}
