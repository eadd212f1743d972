import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { copyHog, hogVersion } from './hog.ts'
import { run, testbedFolder, tryRun } from './testbed.ts'

/** An image made of this machine's own files: nothing is downloaded. */
export interface ImageRecipe {
  /** Name without tag. */
  name: string
  /** Files and folders of the host, with the shared libraries that their programs need. */
  files: readonly string[]
  /** Links to make, by their place in the image. */
  links?: Readonly<Record<string, string>>
}

/** The static shell and our program that takes memory: what most tests need. */
export const HOG_IMAGE: ImageRecipe = { name: 'stella-test/hog', files: [] }
/** The system's Python with its standard library. */
export function pythonImage(): ImageRecipe {
  const ask = 'import sysconfig; print(sysconfig.get_path("stdlib"))'
  const library = run(['/usr/bin/python3', '-c', ask]).trim()
  return { name: 'stella-test/python', files: ['/usr/bin/python3', library] }
}

/** The Node that runs the tests. */
export function nodeImage(): ImageRecipe {
  return {
    name: 'stella-test/node',
    files: [process.execPath],
    links: { 'usr/bin/node': process.execPath },
  }
}

/** The tag changes with what the image is made of, so that an image of an earlier version is never taken for this one. */
export function imageReference(recipe: ImageRecipe): string {
  const parts = JSON.stringify([hogVersion(), recipe.files, recipe.links ?? {}])
  return `${recipe.name}:${createHash('sha256').update(parts).digest('hex').slice(0, 12)}`
}

/** Gives the image as a tar file; built once per version of our program. */
export async function imageTar(recipe: ImageRecipe): Promise<string> {
  const tar = join(testbedFolder('images'), `${imageReference(recipe).replace(/[/:]/g, '-')}.tar`)
  if (existsSync(tar)) return tar
  const rootfs = `${tar}.${process.pid}.rootfs`
  try {
    await fillRootfs(rootfs, recipe)
    run(['tar', '-C', rootfs, '-cf', `${tar}.${process.pid}.new`, '.'])
    run(['mv', `${tar}.${process.pid}.new`, tar])
    return tar
  } finally {
    rmSync(rootfs, { recursive: true, force: true })
  }
}

async function fillRootfs(rootfs: string, { files, links = {} }: ImageRecipe): Promise<void> {
  for (const folder of [
    'usr/bin',
    'usr/lib',
    'usr/lib64',
    'tmp',
    'etc',
    'proc',
    'sys',
    'dev',
    'root',
  ]) {
    mkdirSync(join(rootfs, folder), { recursive: true })
  }
  // As on the host, where /bin and /lib are links into /usr.
  for (const folder of ['bin', 'lib', 'lib64']) symlinkSync(`usr/${folder}`, join(rootfs, folder))
  copyFileSync('/bin/busybox', join(rootfs, 'usr/bin/busybox'))
  for (const applet of run(['/bin/busybox', '--list']).trim().split('\n')) {
    if (applet !== 'busybox') symlinkSync('busybox', join(rootfs, 'usr/bin', applet))
  }
  await copyHog(join(rootfs, 'usr/bin/hog'))
  writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\n')
  for (const file of files) copyWithLibraries(file, rootfs)
  for (const [place, target] of Object.entries(links)) {
    if (!existsSync(join(rootfs, place))) symlinkSync(target, join(rootfs, place))
  }
}

function copyWithLibraries(file: string, rootfs: string): void {
  const target = join(rootfs, file)
  mkdirSync(dirname(target), { recursive: true })
  rmSync(target, { force: true })
  run(['cp', '-rL', '--no-target-directory', file, target], { timeoutMs: 120_000 })
  const programs = run([
    'find',
    '-L',
    file,
    '-type',
    'f',
    '(',
    '-perm',
    '-u+x',
    '-o',
    '-name',
    '*.so*',
    ')',
  ])
  for (const program of programs.split('\n').filter((line) => line !== '')) {
    for (const [library] of tryRun(['ldd', program]).stdout.matchAll(/\/\S+\.so\S*/g)) {
      const place = join(rootfs, library.replace(/^\/(lib|lib64)\//, '/usr/$1/'))
      if (existsSync(place)) continue
      mkdirSync(dirname(place), { recursive: true })
      run(['cp', '-L', library, place])
    }
  }
}
