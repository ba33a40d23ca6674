/** @returns {boolean} whether a process with this pid runs, of whoever it is */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
