using Akka.Actor;
using Akka.Event;
using ClusterLb.ControlPlane.Agents;
using ClusterLb.ControlPlane.Backends;
using ClusterLb.ControlPlane.Membership;
using ClusterLb.ControlPlane.Protocol;
using ClusterLb.Core.Configuration;
using ClusterLb.Core.Reload;

namespace ClusterLb.ControlPlane.Reload;

/// <summary>
/// This node's part of a reload of the cluster: reads its files when it is asked, and switches on the word of whoever asked or as soon as
/// any node reports to be at the new epoch. So it does not matter who dies once somebody has switched; and whoever was away comes after.
/// </summary>
internal sealed class ReloadParticipantActor : ReceiveActor
{
    private readonly IOwnFiles _files;
    private readonly ReloadMemory _memory;
    private readonly MembershipMemory _members;
    private readonly ILocalNode _node;

    /// <summary>What is being read, held or put into force; null = nothing.</summary>
    private Reading? _reading;

    public ReloadParticipantActor(IOwnFiles files, ReloadMemory memory, MembershipMemory members, ILocalNode node)
    {
        (_files, _memory, _members, _node) = (files, memory, members, node);
        Receive<PrepareReload>(Prepare);
        Receive<SwitchReload>(message => Reach(message.Epoch, message.Epoch.Fingerprint, new Waiter(Sender, message.Id)));
        Receive<AbandonReload>(message =>
        {
            if (_reading is { Target: null } reading && reading.Id == message.Id) Abandon();
        });
        Receive<NodeReport>(report =>
        {
            if (report.Facts.Epoch is { Number: > 0 } epoch && _memory.Epoch.IsBefore(epoch))
                Reach(epoch, report.Facts.Fingerprint, asker: null);
        });
        Receive<Prepared>(Take);
        Receive<Committed>(done => Conclude(done.IsInForce ? "" : "its configuration stays as it is: it was not told in time"));
        Receive<Status.Failure>(failure => Fail(failure.Cause));
    }

    private bool IsHeld => _reading is { IsSwitching: false, Attempt.IsOpen: true };

    protected override void PostStop() => _reading?.Attempt?.Abandon();

    private void Prepare(PrepareReload message)
    {
        ForgetWhatIsOver();
        if (_reading is { } other)
        {
            Offer(Sender, message.Id, ReloadOffer.Refused($"another reload, which {other.For} began, is under way; try again"));
            return;
        }

        Read(new Reading(message.Id, message.Coordinator) { Asker = Sender, Expected = message.Expected, IsDryRun = message.IsDryRun });
    }

    private void Read(Reading reading)
    {
        _reading = reading;
        _files.PrepareAsync(reading.IsDryRun).PipeTo(Self, Self, attempt => new Prepared(attempt));
    }

    private void Take(Prepared prepared)
    {
        if (_reading is not { Attempt: null } reading)
        {
            prepared.Attempt.Abandon();
            return;
        }

        var (attempt, offer) = (prepared.Attempt, prepared.Attempt.Offer);
        _reading = reading = reading with { Attempt = attempt };
        if (reading.Asker is { } asker) Offer(asker, reading.Id, offer with { Keys = KeysFor(reading, attempt) });
        if (reading.IsUnwanted || !attempt.IsOpen)
        {
            attempt.Abandon();
            if (reading.Target is { } target) Miss(target, offer);
            else _reading = null;
        }
        else if (reading.Target is { } wanted)
        {
            if (offer.Fingerprint == wanted.Fingerprint) Switch(wanted);
            else Miss(wanted, offer);
        }
    }

    /// <summary>Who asks compares its own with those of the others, so it has them in any case.</summary>
    private static EquatableList<SharedKey> KeysFor(Reading reading, IReloadAttempt attempt) =>
        attempt.Offer.Fingerprint == reading.Expected ? [] : attempt.ReadKeys();

    /// <param name="inForce">The fingerprint that whoever says so has in force.</param>
    /// <param name="asker">Whom to tell; null = it is a report.</param>
    private void Reach(ReloadEpoch target, string inForce, Waiter? asker)
    {
        ForgetWhatIsOver();
        if (_reading?.Target == target)
        {
            if (asker is not null) _reading = _reading with { Waiting = asker };
            return;
        }

        var standing = new ReloadStanding(
            _memory.Epoch, _node.Read().Fingerprint, IsHeld ? _reading!.Attempt!.Offer.Fingerprint : null, _memory.Tried);
        switch (standing.StepTo(target, inForce))
        {
            case ReloadStep.Switch:
                _reading = _reading! with { Waiting = asker };
                Switch(target);
                break;
            // A node that starts has just read its files, and whether they are the same is seen when it serves; one that leaves has to
            // follow nobody.
            case ReloadStep.Read when _reading is null && _node.IsServing:
                Read(new Reading(asker?.Id ?? 0, "the cluster") { Target = target, Waiting = asker });
                break;
            case ReloadStep.Count:
                Arrive(target);
                break;
            default:
                asker?.Actor.Tell(new ReloadSwitched(asker.Id, _members.Node, WhyNotAt(target)));
                break;
        }
    }

    private string WhyNotAt(ReloadEpoch target) =>
        target == _memory.Epoch ? ""
        : target.IsBefore(_memory.Epoch) ? $"it is at epoch {_memory.Epoch.Number} with configuration {_memory.Epoch.Fingerprint}"
        : "it has something else to do, or other files";

    private void Switch(ReloadEpoch target)
    {
        _reading = _reading! with { Target = target, IsSwitching = true };
        _reading.Attempt!.CommitAsync().PipeTo(Self, Self, isInForce => new Committed(isInForce));
    }

    private void Conclude(string refusal)
    {
        if (_reading is not { IsSwitching: true, Target: { } target } reading) return;
        _reading = null;
        if (refusal.Length == 0) Arrive(target);
        reading.Waiting?.Actor.Tell(new ReloadSwitched(reading.Waiting.Id, _members.Node, refusal));
    }

    /// <summary>The others hear of it now: for those who wait it is the word, too.</summary>
    private void Arrive(ReloadEpoch target)
    {
        _memory.Epoch = target;
        Context.System.EventStream.Publish(new NodeChanged());
    }

    /// <summary>The cluster has gone on without this node.</summary>
    private void Miss(ReloadEpoch target, ReloadOffer offer)
    {
        var why = offer.Problems.Count > 0
            ? offer.Problems[0]
            : $"the files of this node are {offer.Fingerprint}";
        _members.Events.Announce(_members.Node, $"does not follow the cluster to configuration {target.Fingerprint}: {why}");
        _memory.Tried = target;
        _reading!.Attempt!.Abandon();
        _reading.Waiting?.Actor.Tell(new ReloadSwitched(_reading.Waiting.Id, _members.Node, why));
        _reading = null;
    }

    private void Offer(IActorRef asker, ulong id, ReloadOffer offer) =>
        asker.Tell(new ReloadOffered(id, _members.Node, offer with { Epoch = _memory.Epoch.Number }));

    private void Abandon()
    {
        if (_reading!.Attempt is { } attempt)
        {
            attempt.Abandon();
            _reading = null;
        }
        else
        {
            _reading = _reading with { IsUnwanted = true };
        }
    }

    /// <summary>Nobody has said anything for so long that it was let be.</summary>
    private void ForgetWhatIsOver()
    {
        if (_reading is { IsSwitching: false, Attempt.IsOpen: false }) _reading = null;
    }

    private void Fail(Exception bug)
    {
        Context.GetLogger().Error(bug, "a bug in a reload of the cluster");
        if (_reading is not { } reading) return;
        reading.Attempt?.Abandon();
        _reading = null;
        // The bug is there at the next report, too.
        if (reading.Target is { } target) _memory.Tried = target;
        if (reading.Attempt is null && reading.Asker is { } asker) Offer(asker, reading.Id, ReloadOffer.Refused(bug.Message));
        reading.Waiting?.Actor.Tell(new ReloadSwitched(reading.Waiting.Id, _members.Node, bug.Message));
    }

    /// <param name="Id">Of the reload.</param>
    /// <param name="For">Who began it.</param>
    private sealed record Reading(ulong Id, string For)
    {
        /// <summary>Whom it is offered to; null = nobody, for the others have switched.</summary>
        public IActorRef? Asker { get; init; }

        public string Expected { get; init; } = "";

        public bool IsDryRun { get; init; }

        /// <summary>Null while it is being read.</summary>
        public IReloadAttempt? Attempt { get; init; }

        /// <summary>Where the others are; null = nobody has decided.</summary>
        public ReloadEpoch? Target { get; init; }

        public bool IsSwitching { get; init; }

        /// <summary>Abandoned before it was read.</summary>
        public bool IsUnwanted { get; init; }

        /// <summary>Who is to be told that it is done; null = nobody.</summary>
        public Waiter? Waiting { get; init; }
    }

    private sealed record Waiter(IActorRef Actor, ulong Id);

    private sealed record Prepared(IReloadAttempt Attempt) : INoSerializationVerificationNeeded;

    private sealed record Committed(bool IsInForce) : INoSerializationVerificationNeeded;
}
