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
}

/** The static shell and our program that takes memory: what most tests need. */
export const HOG_IMAGE: ImageRecipe = { name: 'stella-test/hog', files: [] }
export const PYTHON_IMAGE: ImageRecipe = {
  name: 'stella-test/python',
  files: ['/usr/bin/python3', '/usr/lib/python3', '/usr/lib/python3.11'],
}
export const NODE_IMAGE: ImageRecipe = { name: 'stella-test/node', files: ['/usr/bin/node'] }

export function imageReference(recipe: ImageRecipe): string {
  return `${recipe.name}:${hogVersion()}`
}

/** Gives the image as a tar file; built once per version of our program. */
export async function imageTar(recipe: ImageRecipe): Promise<string> {
  const tar = join(testbedFolder('images'), `${recipe.name.replace('/', '-')}-${hogVersion()}.tar`)
  if (existsSync(tar)) return tar
  const rootfs = `${tar}.${process.pid}.rootfs`
  try {
    await fillRootfs(rootfs, recipe.files)
    run(['tar', '-C', rootfs, '-cf', `${tar}.${process.pid}.new`, '.'])
    run(['mv', `${tar}.${process.pid}.new`, tar])
    return tar
  } finally {
    rmSync(rootfs, { recursive: true, force: true })
  }
}

async function fillRootfs(rootfs: string, files: readonly string[]): Promise<void> {
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
