using ClusterLb.Faults.Backends;
using ClusterLb.Faults.History;
using ClusterLb.Faults.Ledger;
using ClusterLb.Faults.Nodes;

namespace ClusterLb.Faults.Trials;

/// <summary>One run of one scenario: what there is to disturb, and what is declared and seen meanwhile.</summary>
internal sealed class Trial(Site site, RunSettings settings, RunClock clock, CancellationToken stop)
{
    private readonly List<Excuse> _excuses = [];
    private readonly List<Absence> _absences = [];
    private readonly List<Violation> _violations = [];
    private readonly List<string> _notes = [];

    public Site Site => site;

    public NodeCluster Cluster => site.Cluster;

    public IReadOnlyList<BackendProcess> Backends => site.Backends;

    public Random Random { get; } = new(settings.Seed);

    /// <summary>Milliseconds on the run's clock.</summary>
    public double Now => clock.Now;

    /// <summary>Ended by the user.</summary>
    public CancellationToken Stop => stop;

    /// <summary>How long a fault is to last where it has no time of its own.</summary>
    public TimeSpan During => settings.During;

    /// <summary>When the fault began.</summary>
    public double Began { get; private set; }

    /// <summary>When it was undone.</summary>
    public double Ended { get; private set; }

    /// <summary>From the fault to the moment when those who have to know did; null = nobody has to.</summary>
    public double? Detected { get; private set; }

    public IReadOnlyList<Excuse> Excuses => _excuses;

    public IReadOnlyList<Absence> Absences => _absences;

    public IReadOnlyList<Violation> Violations => _violations;

    public IReadOnlyList<string> Notes => _notes;

    /// <returns>Now.</returns>
    public double Begin() => Began = clock.Now;

    /// <returns>Now.</returns>
    public double End() => Ended = clock.Now;

    public void Excuse(params IEnumerable<Excuse> excuses) => _excuses.AddRange(excuses);

    /// <summary>A backend was gone, so that its sessions may be elsewhere.</summary>
    /// <param name="node">For which node alone; empty = for all.</param>
    public void Absent(string backend, AbsenceKind kind, double from, double until, string node = "") =>
        _absences.Add(new Absence(backend, kind, from, until) { Node = node });

    /// <summary>A figure for whoever reads the report.</summary>
    public void Note(FormattableString note) => _notes.Add(FormattableString.Invariant(note));

    /// <summary>A promise of the scenario's own that does not hold.</summary>
    public void Violate(FormattableString evidence) =>
        _violations.Add(new Violation(Promise.Scenario, FormattableString.Invariant(evidence)));

    /// <summary>Waits until each of these knows of the fault, and notes when the last did.</summary>
    /// <returns>Now.</returns>
    public async Task<double> DetectAsync(string wanted, IEnumerable<LoadBalancer> nodes, Func<NodeReport, bool> knows)
    {
        await NodeCluster.UntilAsync(wanted, nodes, knows);
        Detected = clock.Now - Began;
        return clock.Now;
    }

    /// <summary>What is left of the time that the fault is to last.</summary>
    public Task HoldAsync() => HoldAsync(During);

    /// <param name="during">Since <see cref="Begin"/>.</param>
    public async Task HoldAsync(TimeSpan during)
    {
        var left = Began + during.TotalMilliseconds - clock.Now;
        if (left > 0) await Task.Delay(TimeSpan.FromMilliseconds(left), stop);
    }
}
