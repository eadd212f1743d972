import { accountOfIncident } from '../bill/account.ts'
import { advise } from '../advice/advise.ts'
import type { Case, VerdictCode } from '../model/case.ts'
import type { World } from '../model/evidence.ts'
import type { Target } from '../model/subject.ts'
import { judge, type Judgement } from '../verdict/engine.ts'
import type { Incident } from '../verdict/incident.ts'
import { caseId } from './case-id.ts'
import { courseOf } from './course.ts'
import { incidentsOf } from './incidents.ts'
import { joinSubjects } from './join/join.ts'
import { livesTold } from './lives-told.ts'
import { chooseSubjects } from './targets.ts'

/**
 * From evidence to cases.
 *
 * Without `all`, a target gives its latest incident, and evidence without a target gives every kill in it, or the one
 * incident that matters most. With `all`, every incident comes, oldest first.
 *
 * @returns an empty list where the evidence decides nothing.
 */
export function investigate(
  world: World,
  target: Target | null,
  options: { all: boolean },
): readonly Case[] {
  const subjects = chooseSubjects(joinSubjects(world, target), target)
  const judged = subjects
    .flatMap(incidentsOf)
    .flatMap((incident): Judged[] => {
      const judgement = judge(incident, world.unknown)
      return judgement === null ? [] : [{ incident, judgement }]
    })
    .toSorted(byTime)
  const chosen = options.all ? everyIncident(judged) : choose(judged, target)
  return chosen.map(({ incident, judgement }) => ({
    id: caseId(judgement),
    ...judgement,
    bill: accountOfIncident(incident),
    course: courseOf(incident.samples),
    lives: livesTold(incident),
    remedies: advise(incident, judgement),
  }))
}

interface Judged {
  incident: Incident
  judgement: Judgement
}

function byTime(a: Judged, b: Judged): number {
  return (
    (a.judgement.at ?? Number.POSITIVE_INFINITY) - (b.judgement.at ?? Number.POSITIVE_INFINITY) || 0
  )
}

/** Nothing that merely lives or went in order, unless there is nothing else. */
function everyIncident(judged: readonly Judged[]): readonly Judged[] {
  const incidents = judged.filter(({ judgement }) => !CALM.has(judgement.verdict.code))
  return incidents.length > 0 ? incidents : judged.slice(-1)
}

const CALM: ReadonlySet<VerdictCode> = new Set(['healthy', 'exited'])

function choose(judged: readonly Judged[], target: Target | null): readonly Judged[] {
  const relevant = judged.filter(
    (one) => !isToldBeside(one, judged) && !isCalmAfterKill(one, judged),
  )
  if (target === null || target.kind === 'host') {
    const kills = relevant.filter(({ incident }) => incident.reports.length > 0)
    if (kills.length > 0) return kills
  }
  const [most] = relevant.toSorted(byWeight)
  return most === undefined ? [] : [most]
}

/** A child's kill in a life that somebody ended later is told in that end's case. */
function isToldBeside(one: Judged, judged: readonly Judged[]): boolean {
  return judged.some(
    ({ incident, judgement }) =>
      judgement.verdict.code === 'killed-not-memory' &&
      one.incident.reports.some((report) => incident.earlierKills.includes(report)),
  )
}

/** An orderly end, or an end by itself, after a child was killed: the kill is the incident. */
function isCalmAfterKill(one: Judged, judged: readonly Judged[]): boolean {
  return (
    one.incident.earlierKills.length > 0 &&
    one.judgement.verdict.code !== 'killed-not-memory' &&
    judged.some(({ incident }) => incident.reports.length > 0)
  )
}

/** Latest first within one subject's lives; a living subject that merely is healthy comes after any incident. */
function byWeight(a: Judged, b: Judged): number {
  const calm =
    Number(CALM.has(a.judgement.verdict.code)) - Number(CALM.has(b.judgement.verdict.code))
  if (calm !== 0) return calm
  return (
    (b.judgement.at ?? Number.POSITIVE_INFINITY) - (a.judgement.at ?? Number.POSITIVE_INFINITY) || 0
  )
}
