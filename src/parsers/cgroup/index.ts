export { cgroupFolder } from './folder.ts'
export { groupPath } from './path.ts'
export { cgroupState } from './state.ts'
