using System.Security.Cryptography;
using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Events;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Reload;
using ClusterLb.Core.Time;

namespace ClusterLb.ControlPlane.Reload;

/// <summary>
/// Has every node read its files, compares, and says the word, for an operator who asked this node. Once the word is said the reload is
/// the cluster's: whoever has switched reports it, and the others follow that (<see cref="ReloadParticipantActor"/>).
/// </summary>
internal sealed class ReloadCoordinatorActor : ReceiveActor, IWithTimers
{
    /// <summary>For all to read their files, names of backends included; shorter than they hold what they have read.</summary>
    internal static readonly TimeSpan Reading = TimeSpan.FromSeconds(10);

    /// <summary>For all to confirm.</summary>
    internal static readonly TimeSpan Switching = TimeSpan.FromSeconds(5);

    private readonly string _node;
    private readonly EventJournal _journal;
    private readonly Clock _clock;
    private readonly Func<string> _refusal;
    private readonly Func<IReadOnlyList<AskedNode>> _nodes;

    /// <summary>One at a time; null = none.</summary>
    private Work? _work;

    /// <param name="node">The name of this one.</param>
    /// <param name="refusal">Why this node may not decide for the cluster; empty when it may.</param>
    /// <param name="nodes">Everybody who has to follow, this node first.</param>
    public ReloadCoordinatorActor(
        string node, EventJournal journal, Clock clock, Func<string> refusal, Func<IReadOnlyList<AskedNode>> nodes)
    {
        (_node, _journal, _clock, _refusal, _nodes) = (node, journal, clock, refusal, nodes);
        Receive<ReloadAll>(Begin);
        Receive<ReloadOffered>(offered => offered.Id == _work?.Id, Hear);
        Receive<ReloadOffered>(_ => { });
        Receive<ReloadSwitched>(switched => switched.Id == _work?.Id, Hear);
        Receive<ReloadSwitched>(_ => { });
        Receive<Late>(late => late.Id == _work?.Id, _ => EndWaiting());
        Receive<Late>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Nobody has to hold what it has read for a node that says nothing any more.</summary>
    protected override void PostStop()
    {
        if (_work is { Target: null }) TellAll(new AbandonReload(_work.Id));
    }

    private void Begin(ReloadAll command)
    {
        var refusal = _work is null ? _refusal() : "a reload of all nodes is under way through this node";
        if (refusal.Length > 0)
        {
            Sender.Tell(ReloadAllAnswer.Refused(refusal));
            return;
        }

        var nodes = _nodes();
        var namesakes = nodes.GroupBy(node => node.Name).Where(same => same.Count() > 1);
        List<string> unasked =
        [
            .. nodes.Where(node => node.Refusal.Length > 0).Select(node => $"{node.Name}: {node.Refusal}"),
            .. namesakes.Select(same => $"{same.Key}: two nodes have this name"),
        ];
        _work = new Work(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), Sender, command.IsDryRun, nodes, _clock.NowMilliseconds,
            ReloadRound.Of(_node, nodes.Select(node => node.Name)));
        if (unasked.Count > 0)
        {
            Refuse(unasked);
            return;
        }

        Timers.StartSingleTimer(nameof(Late), new Late(_work.Id), Reading);
        // Its own first: what is wrong here is not asked of anybody, and what is right is what the others are compared with.
        nodes[0].Agent.Tell(new PrepareReload(_work.Id, _node, command.IsDryRun, ""), Self);
    }

    private void Hear(ReloadOffered offered)
    {
        if (_work is not { Target: null } work) return;
        var wasFirst = work.Round.Offers.IsEmpty;
        _work = work = work with { Round = work.Round.With(offered.Node, offered.Offer) };
        if (wasFirst && work.Round.Fingerprint.Length > 0)
        {
            foreach (var node in work.Nodes.Skip(1))
                node.Agent.Tell(new PrepareReload(work.Id, _node, work.IsDryRun, work.Round.Fingerprint), Self);
        }

        if (wasFirst && work.Round.Fingerprint.Length == 0) Refuse([.. offered.Offer.Problems.Select(problem => $"{_node}: {problem}")]);
        else if (work.Round.IsComplete) Decide();
    }

    private void EndWaiting()
    {
        if (_work!.Target is null) Decide();
        else Conclude();
    }

    private void Decide()
    {
        var work = _work!;
        var refusals = work.Round.Refusals($"{Reading.TotalSeconds:0} s");
        if (refusals.Count > 0) Refuse(refusals);
        // This process stood still: the others may have let be what they had read.
        else if (_clock.NowMilliseconds - work.BeganAt > (Reading + Switching).TotalMilliseconds)
            Refuse([$"{_node}: this node stood still meanwhile; try again"]);
        else if (work.IsDryRun || !work.Round.HasChanges) LetBe();
        // The network may have been cut meanwhile.
        else if (_refusal() is { Length: > 0 } refusal) Refuse([$"{_node}: {refusal}"]);
        else Switch();
    }

    private void Switch()
    {
        _work = _work! with { Target = _work.Round.Next };
        Timers.StartSingleTimer(nameof(Late), new Late(_work.Id), Switching);
        TellAll(new SwitchReload(_work.Id, _work.Target));
    }

    private void Hear(ReloadSwitched switched)
    {
        if (_work is not { Target: not null } work) return;
        var confirmations = work.Confirmations.Where(one => one.Node != switched.Node).Append(switched).ToList();
        _work = work with { Confirmations = confirmations };
        if (confirmations.Count == work.Nodes.Count) Conclude();
    }

    private void Conclude()
    {
        var (work, target) = (_work!, _work!.Target!);
        var nodes = work.Nodes.Select(node => EndOf(node.Name, work)).ToList();
        string NamesOf(params Confirmation[] ends) =>
            string.Join(", ", nodes.Where(node => ends.Contains(node.Confirmation)).Select(node => node.Name));
        var others = NamesOf(Confirmation.Silent, Confirmation.Refused);
        _journal.Announce(_node, $"reload of all nodes: configuration {target.Fingerprint} is in force at epoch {target.Number} on "
            + $"{NamesOf(Confirmation.Confirmed)}{(others.Length > 0 ? $"; not confirmed by {others}" : "")}");
        Answer(new ReloadAllAnswer("", [], target, nodes));
    }

    private static ReloadedNode EndOf(string name, Work work)
    {
        var end = work.Confirmations.FirstOrDefault(one => one.Node == name);
        return new ReloadedNode(name, work.Round.Offers[name], end switch
        {
            null => Confirmation.Silent,
            { Refusal: "" } => Confirmation.Confirmed,
            _ => Confirmation.Refused,
        }, end?.Refusal ?? "");
    }

    private void LetBe()
    {
        var work = _work!;
        TellAll(new AbandonReload(work.Id));
        var next = work.Round.HasChanges ? work.Round.Next : work.Round.Next with { Number = work.Round.Next.Number - 1 };
        Answer(new ReloadAllAnswer("", [], next,
            [.. work.Nodes.Select(node => new ReloadedNode(node.Name, work.Round.Offers[node.Name], Confirmation.NotAsked))]));
    }

    private void Refuse(IReadOnlyList<string> problems)
    {
        if (!_work!.Round.Offers.IsEmpty) TellAll(new AbandonReload(_work.Id));
        if (!_work.IsDryRun) _journal.Announce(_node, $"reload of all nodes: nobody switches: {string.Join("; ", problems.Take(3))}");
        Answer(ReloadAllAnswer.Nobody(problems));
    }

    private void Answer(ReloadAllAnswer answer)
    {
        Timers.Cancel(nameof(Late));
        _work!.Operator.Tell(answer);
        _work = null;
    }

    private void TellAll(IClusterMessage message)
    {
        foreach (var node in _work!.Nodes) node.Agent.Tell(message, Self);
    }

    private sealed record Work(
        ulong Id, IActorRef Operator, bool IsDryRun, IReadOnlyList<AskedNode> Nodes, long BeganAt, ReloadRound Round)
    {
        /// <summary>Null until all have offered the same.</summary>
        public ReloadEpoch? Target { get; init; }

        public IReadOnlyList<ReloadSwitched> Confirmations { get; init; } = [];
    }

    private sealed record Late(ulong Id) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
