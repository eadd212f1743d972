/** Grows an image as a builder does: each step runs on what is there, and what it changed is the next layer. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { must } from '../lib/exec.ts'
import { layerIn } from './image.ts'
import type { Layer } from './image.ts'
import { FIXED_TIME_SECONDS } from './tar.ts'

export interface GrowingImage {
  /** Runs a script in the image, as root, with the network of this machine. */
  inside(script: string): Promise<string>
  /** Runs a script on this machine; `$ROOT` is the image. */
  outside(script: string): Promise<string>
  write(path: string, text: string): void
  /** Where a path of the step's own layer is on this machine. */
  place(path: string): string
}

export interface Step {
  says: string
  run(image: GrowingImage): Promise<void>
}

const MOUNT =
  'mount -t overlay overlay -o "redirect_dir=off,metacopy=off,lowerdir=$LOWER,upperdir=$UPPER,workdir=$WORK" "$ROOT" && mount -t proc proc "$ROOT/proc"'
/** What an overlay notes of removed files and folders is written as images have it. */
const MARK = `
import os, stat
for folder, folders, files in os.walk('.'):
    for name in files:
        path = os.path.join(folder, name)
        found = os.lstat(path)
        if stat.S_ISCHR(found.st_mode) and found.st_rdev == 0:
            os.remove(path)
            open(os.path.join(folder, '.wh.' + name), 'w').close()
    if folder != '.' and 'trusted.overlay.opaque' in os.listxattr(folder):
        open(os.path.join(folder, '.wh..wh..opq'), 'w').close()
`
const TAR =
  `tar --sort=name --mtime=@${FIXED_TIME_SECONDS} --clamp-mtime --numeric-owner --format=gnu ` +
  '--exclude=./proc/* --exclude=./run/* --exclude=./tmp/* --exclude=./var/cache/apt/*.bin --exclude=./var/cache/apt/archives/*.deb -cf "$TAR" .'

/** The first step finds an empty folder. Everything lies in `folder`. */
export async function growLayers(
  folder: string,
  steps: readonly Step[],
): Promise<readonly Layer[]> {
  const layers: Layer[] = []
  const done: string[] = []
  for (const [at, step] of steps.entries()) {
    const upper = join(folder, `upper-${at}`)
    const root = join(folder, 'root')
    for (const path of [upper, join(folder, 'work'), join(folder, 'none'), root]) {
      mkdirSync(path, { recursive: true })
    }
    if (at > 0) mkdirSync(join(upper, 'proc'), { recursive: true })
    const environment = {
      ...process.env,
      LOWER: [...done].toReversed().join(':') || join(folder, 'none'),
      UPPER: upper,
      WORK: join(folder, 'work'),
      // The first one is filled as it is: debootstrap mounts for itself.
      ROOT: at === 0 ? upper : root,
      DEBIAN_FRONTEND: 'noninteractive',
      LC_ALL: 'C',
    }
    const bash = (script: string): Promise<string> =>
      must('unshare', ['--mount', 'bash', '-euc', `${at === 0 ? '' : `${MOUNT}\n`}${script}`], {
        env: environment,
      })
    await step.run({
      inside: (script) =>
        bash(
          `cp /etc/resolv.conf "$ROOT/etc/" || true\nchroot "$ROOT" sh -euc '${script.replaceAll("'", `'\\''`)}'`,
        ),
      outside: bash,
      place: (path) => join(upper, path),
      write(path, text) {
        mkdirSync(dirname(join(upper, path)), { recursive: true })
        writeFileSync(join(upper, path), text)
      },
    })
    const tar = join(folder, `layer-${at}.tar`)
    await must('bash', ['-euc', `cd "$UPPER"; python3 -c "$MARK"; ${TAR}`], {
      env: { ...environment, MARK, TAR: tar },
    })
    done.push(upper)
    layers.push(await layerIn(step.says, tar))
  }
  return layers
}
