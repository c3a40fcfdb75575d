/** Of verification, what a drill asks for. */
export { costsRestore } from './verify/finding';
