/**
 * That no image takes `stella scan image` more memory than it may have: `node bench/scan/memory.ts [IMAGE…]`, or all of them.
 * Each image is scanned inside a memory cgroup of 160 MiB without swap, in every form that it has, and what the process tree
 * had resident at most is read from the kernel. What was found is held against what is in the image. Needs root.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { builtImage } from '../../scripts/images/build.ts'
import { RECIPES, isImageName } from '../../scripts/images/recipes/index.ts'
import { MIB } from '../../src/model/bytes.ts'
import { machineLine } from './machine.ts'
import { measured } from './measure.ts'
import { placesOf, scanOurs, workFolder } from './ours.ts'
import { foundIn, missingFrom } from './packages.ts'

const LIMIT_MIB = 160
const BAR_MIB = 128

const wanted = process.argv.slice(2)
const names = (wanted.length === 0 ? Object.keys(RECIPES) : wanted).filter(isImageName)
const work = workFolder()
process.stdout.write(`${machineLine()}\n`)
try {
  for (const name of names) {
    const image = await builtImage(name)
    for (const { form, place, input } of placesOf(image)) {
      const output = join(work, `${name}-${form}.json`)
      const run = await measured(scanOurs(place, output, join(work, 'data')), {
        limitBytes: LIMIT_MIB * MIB,
        input,
      })
      const peak = run.peakBytes / MIB
      const isWhole = run.exitCode === 0
      const missing = isWhole ? missingFrom(image.truth, foundIn(readFileSync(output, 'utf8'))) : []
      const isAnswered = isWhole || (image.mayBeRefused && run.exitCode === 2)
      const isGood = isAnswered && run.kills === 0 && peak <= BAR_MIB && missing.length === 0
      process.stdout.write(
        `${name}, ${form} (${(image.bytes / 1e6).toFixed(0)} MB): peak ${peak.toFixed(0)} MiB (bar ${BAR_MIB}), ` +
          `${run.kills} kills at ${LIMIT_MIB} MiB, exit ${run.exitCode}, ${(run.wallMs / 1_000).toFixed(1)} s, ` +
          `${missing.length} packages missed${isGood ? '' : ': NOT GOOD'}\n`,
      )
      for (const one of missing.slice(0, 10)) process.stdout.write(`  missed: ${one}\n`)
      if (!isWhole) process.stdout.write(`  ${run.stderr.trim()}\n`)
      if (!isGood) process.exitCode = 1
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
