const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
/** Marathon with instances: `group_app.instance-<uuid>._app.1`, pods with their container's name. */
const WITH_INSTANCE = new RegExp(`^(.{1,500})\\.(?:instance-|marathon-)(${UUID})(?:[._].{0,200})?$`)
/** Before them: `group_app.<uuid>`, resident tasks with the attempt at the end. */
const LEGACY = new RegExp(`^(.{1,500})[._](${UUID})(?:\\.\\d+)?$`)

export interface MarathonTask {
  /** `/group/app` */
  app: string
  instance: string
}

/** The app behind a task id of Marathon (Task.Id of its source); null for ids of other frameworks. */
export function parseTaskId(taskId: string): MarathonTask | null {
  const match = WITH_INSTANCE.exec(taskId) ?? LEGACY.exec(taskId)
  if (match === null) return null
  // App ids may not contain underscores: Marathon puts them in place of the slashes.
  return { app: `/${(match[1] ?? '').replaceAll('_', '/')}`, instance: match[2] ?? '' }
}
