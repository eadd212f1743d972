import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { must } from '../lib/exec.ts'
import { findProgram } from '../lib/programs.ts'
import type { GuestKernel } from './kernels.ts'

const INIT = join(import.meta.dirname, 'initramfs-init.sh')
const MODULES = ['virtio_pci', 'virtio_blk', 'virtiofs', 'overlay', 'ext4']

/** The initramfs of a kernel: busybox, the modules that the root needs, and the first program. Made once. */
export async function initramfsOf(kernel: GuestKernel): Promise<string> {
  const image = join(kernel.folder, 'initramfs.gz')
  if (existsSync(image) && statSync(image).mtimeMs > statSync(INIT).mtimeMs) return image
  const work = mkdtempSync(join(kernel.folder, '.initramfs-'))
  try {
    await build(kernel, join(work, 'root'))
    await must('sh', [
      '-c',
      'cd "$0/root" && find . | cpio -o -H newc --quiet | gzip -1 >"$0/image"',
      work,
    ])
    renameSync(join(work, 'image'), image)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return image
}

async function build(kernel: GuestKernel, root: string): Promise<void> {
  for (const folder of ['bin', 'dev', 'lower', 'modules', 'proc', 'root', 'scratch', 'sys'])
    mkdirSync(join(root, folder), { recursive: true })
  copyFileSync(findProgram('busybox') ?? '/bin/busybox', join(root, 'bin/busybox'))
  copyFileSync(INIT, join(root, 'init'))
  await must('chmod', ['755', join(root, 'init')])
  for (const [index, module] of (await modulesInOrder(kernel)).entries()) {
    const plain = basename(module).replace(/\.(xz|zst|gz)$/, '')
    const target = join(root, 'modules', `${String(index).padStart(3, '0')}-${plain}`)
    await must('sh', ['-c', `${unpacker(module)} "$0" >"$1"`, module, target])
  }
}

/** Files of the modules and of those they need, each after what it needs. */
async function modulesInOrder(kernel: GuestKernel): Promise<string[]> {
  const files = new Set<string>()
  for (const module of MODULES) {
    const options = ['--show-depends', '-d', kernel.folder, '-S', kernel.version]
    const shown = await must('modprobe', [...options, module])
    for (const line of shown.split('\n')) {
      const file = /^insmod (\S+)/.exec(line)?.[1]
      if (file !== undefined) files.add(file)
    }
  }
  return [...files]
}

function unpacker(file: string): string {
  if (file.endsWith('.xz')) return 'xz -dc'
  if (file.endsWith('.zst')) return 'zstd -qdc'
  if (file.endsWith('.gz')) return 'gzip -dc'
  return 'cat'
}
