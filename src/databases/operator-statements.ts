/** Of what an operator runs by hand, what a restore asks for. */
export { allowContainedUsers, joinGroup, leaveGroup, linkUser } from './by-hand/statements';
