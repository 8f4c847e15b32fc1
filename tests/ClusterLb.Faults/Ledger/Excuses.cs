namespace ClusterLb.Faults.Ledger;

/// <summary>What each kind of fault may cost, and no more: docs/operations.md and docs/clients-to-nodes.md promise the rest.</summary>
internal static class Excuses
{
    /// <summary>How long what was on its way at the moment of a death may take to be seen as failed, in milliseconds.</summary>
    private const double Moment = 1_000;

    /// <summary>
    /// A backend's process is killed: what it had received, or was being sent, and must not be sent twice. What is idempotent goes to
    /// another.
    /// </summary>
    public static Excuse BackendDies(string backend, double at) =>
        new($"was with {backend} when it died", Failure.BadGateway | Failure.Broken | Failure.Truncated, at, at + Moment)
        {
            Backend = backend,
            SparesIdempotent = true,
        };

    /// <summary>The same of one whose answer had begun: nobody can take it back.</summary>
    public static Excuse AnswerDies(string backend, double at) =>
        new($"{backend} died within its answer", Failure.Truncated, at, at + Moment) { Backend = backend, WantsReceipt = true };

    /// <summary>A backend takes requests and does not answer, until that is found out (decision 0027).</summary>
    public static Excuse BackendIsMute(string backend, double from, double until) =>
        new($"{backend} was mute and not found out yet", Failure.GatewayTimeout | Failure.TimedOut | Failure.Broken, from, until)
        {
            Backend = backend,
        };

    /// <summary>
    /// The same over TCP, for as long as it lasts: a check that connects passes at a stopped process, as docs/operations.md says.
    /// </summary>
    public static Excuse LinesAreMute(string backend, double from, double until) =>
        new($"{backend} was mute, which a TCP check does not see", Failure.TimedOut | Failure.Broken, from, until)
        {
            Backend = backend,
            Method = "LINE",
        };

    /// <summary>A backend resets connections within its answers.</summary>
    public static Excuse BackendResets(string backend, double from, double until) =>
        new($"{backend} reset within its answer", Failure.Truncated | Failure.Broken | Failure.BadGateway, from, until)
        {
            Backend = backend,
            WantsReceipt = true,
        };

    /// <summary>No backend is there.</summary>
    public static Excuse NobodyThere(double from, double until) =>
        new("no backend was there", Failure.Refusal | Failure.Broken | Failure.Truncated | Failure.TimedOut, from, until);

    /// <summary>A node is killed: what was in flight there and its client must not send again, and answers that had begun.</summary>
    public static IEnumerable<Excuse> NodeDies(string node, double at) =>
    [
        new($"was in flight at {node} when it died", Failure.Broken, at, at + Moment) { Node = node, SparesIdempotent = true },
        new($"{node} died within its answer", Failure.Truncated, at, at + Moment) { Node = node, WantsReceipt = true },
    ];

    /// <summary>A node stands still: what it has taken waits, until its client has no more patience.</summary>
    public static IEnumerable<Excuse> NodeStandsStill(string node, double from, double until) =>
    [
        new($"waited at {node}, which stood still", Failure.Broken | Failure.TimedOut, from, until)
        {
            Node = node,
            SparesIdempotent = true,
        },
        // Timers of the node that ran out while it could not look at what had come.
        new($"its backend's answer was overdue when {node} woke", Failure.GatewayTimeout, from, until) { Node = node },
    ];

    /// <summary>A node that has no descriptors left parts with idle connections; a client may use one at that moment.</summary>
    public static Excuse NodeMakesRoom(string node, double from, double until) =>
        new($"{node} made room", Failure.Broken | Failure.Unreachable, from, until) { Node = node, SparesIdempotent = true };

    /// <summary>A node alone reaches no backend: it says so, and its clients are with the wrong address.</summary>
    public static Excuse NodeReachesNobody(string node, double from, double until) =>
        new($"{node} reached no backend", Failure.Refusal | Failure.Broken | Failure.Truncated | Failure.TimedOut, from, until)
        {
            Node = node,
        };

    /// <summary>The machine gave this process no time, so nothing that ran out in it says anything.</summary>
    public static Excuse StoodStill(double from, double until) =>
        new("the machine stood still", Failure.TimedOut | Failure.Unreachable | Failure.GatewayTimeout, from, until);
}
