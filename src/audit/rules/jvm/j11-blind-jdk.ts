import type { Rule } from '../../rule.ts'
import type { Word } from '../../workload.ts'
import { imageName } from '../../runtimes/options.ts'
import { inService } from '../examples.ts'
import { inJvms } from '../inputs.ts'

const service = (tag: string): string => `
image: ${tag}
mem_limit: 300m
command: [java, -jar, app.jar]`

export const blindJdk: Rule = {
  id: 'J11',
  severity: 'critical',
  title: 'This JDK does not see a limit of cgroup v2',
  why: "It sizes its heap by the machine's memory, as if there were no container. cgroup v2 is read from 8u372, 11.0.16 and 15 on.",
  reference:
    'https://developers.redhat.com/articles/2022/04/19/java-17-whats-new-openjdks-container-awareness',
  examples: {
    bad: inService(service('»openjdk:13-jdk')),
    good: inService(service('eclipse-temurin:17-jre')),
  },
  check: inJvms(function* ({ flags }, { image, effectiveLimit }, { host }) {
    const version = image === null || host.cgroup === 1 ? null : blindVersion(image)
    if (image === null || version === null || flags.maxHeapBytes !== null) return
    const limit = effectiveLimit === null ? 'its limit' : effectiveLimit.text
    yield {
      place: image.place,
      message: `Java ${version} takes the machine's memory for its own, and not ${limit}`,
    }
  }),
}

/** The version, where the tag names one that is too old. A tag that moves on (`8-jre`) is not. */
function blindVersion(image: Word): string | null {
  const { name, tag } = imageName(image)
  if (!/^(?:openjdk|adoptopenjdk|eclipse-temurin|amazoncorretto|zulu-openjdk)$/.test(name))
    return null
  const [old] = /^1[234](?:\.[\d.]+)?(?=$|[-_])/.exec(tag) ?? []
  if (old !== undefined) return old
  const [eight, update] = /^8u(\d+)/.exec(tag) ?? []
  if (eight !== undefined) return Number(update) < 372 ? eight : null
  const [eleven, patch] = /^11\.0\.(\d+)/.exec(tag) ?? []
  return eleven !== undefined && Number(patch) < 16 ? eleven : null
}
