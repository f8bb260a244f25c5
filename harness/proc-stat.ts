/** A line of /proc/PID/stat. */
export interface ProcStat {
  /** Name of the program, at most 15 characters. */
  name: string;
  /** By its number in proc_pid_stat(5), from 3 on; undefined where the line is shorter. */
  field: (number: number) => string | undefined;
}

/** Fields are counted from the last bracket: the name between the brackets may hold anything. */
export function parseProcStat(line: string): ProcStat {
  const end = line.lastIndexOf(")");
  const fields = line.slice(end + 2).split(" ");
  return { name: line.slice(line.indexOf("(") + 1, end), field: (number) => fields[number - 3] };
}
