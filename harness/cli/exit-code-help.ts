// What a command's help ends with; harness/exit-codes.ts has the codes themselves.
export const EXIT_CODES = `
Exit codes:
    0  every objective was met
    1  an objective was missed
    2  inconclusive: too few samples, a noisy host
    3  rig trouble, or a fault that did not hold
   64  usage or configuration error; nothing was touched
   70  a defect of edgeproof
  130  interrupted, and healed
`;

export const COMPARE_EXIT_CODES = `
Exit codes:
    0  nothing is worse
    1  something is worse
    2  nothing could be decided
    3  a run, or a phase of it, is broken
   64  usage error, or not a recorded run
`;

export const SWEEP_EXIT_CODES = `
Exit codes:
    0  the edge was found to the resolution
    2  no edge in the range, or it could not be told as exactly
    3  rig trouble, or too many trials that said nothing
   64  usage error; nothing was touched
  130  interrupted, and healed; go on with --resume
`;

export const TREND_EXIT_CODES = `
Exit codes:
    0  nothing got worse
    1  something got worse
    2  too few runs to say
   64  usage error, or no recorded run
`;

export const CHARACTERIZE_EXIT_CODES = `
Exit codes:
    0  every node and pair was measured
    2  something was not measured, or a rate is not known to 25 %
    3  rig trouble, a node that computes wrongly, or labels that were not taken
   64  usage error; nothing was touched
  130  interrupted, and the nodes are as before
`;

export const REPEAT_EXIT_CODES = `
Exit codes:
    0  all is decided, and nothing is worse
    1  something is worse on the head's side
    2  something is not decided, and what might be spent is
    3  rig trouble
   64  usage error; nothing was touched
  130  interrupted, and healed
`;
