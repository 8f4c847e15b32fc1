namespace ClusterLb.Node.Lifecycle;

internal enum NodePhase
{
    /// <summary>Does not know yet what the others know, or does not serve yet.</summary>
    Starting,
    Ready,

    /// <summary>An operator or a signal wants it to go.</summary>
    Draining,
}

/// <summary>How far the node is in its life: what brings it there comes from several sides, and the strongest counts. Any thread.</summary>
/// <param name="isInformed">It knows what the others know.</param>
/// <param name="canAsk">Its control plane has come up.</param>
internal sealed class NodeState(Func<bool> isInformed, Func<bool> canAsk, TimeProvider time)
{
    /// <summary>A node that could ask and learns nothing for so long serves with what it has.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// So does one that cannot even ask: a busy machine may take seconds to start the control plane, and others know no less for that.
    /// </summary>
    private static readonly TimeSpan s_mostPatience = TimeSpan.FromSeconds(30);

    private readonly long _started = time.GetTimestamp();
    private long _couldAskAt;
    private volatile bool _hasBeenInformed;
    private volatile bool _isServing;
    private volatile bool _isDrained;
    private volatile bool _isLeaving;
    private volatile bool _isUnready;
    private volatile bool _isGivingWay;

    /// <summary>Raised when it serves, drains, ends its drain or leaves, by whoever brings it there; must not block.</summary>
    public event Action? Changed;

    public NodePhase Phase
    {
        get
        {
            if (_isLeaving || _isDrained) return NodePhase.Draining;
            return IsInformed && _isServing ? NodePhase.Ready : NodePhase.Starting;
        }
    }

    /// <summary>It knows, or once knew, what the others know; or it has waited for long enough.</summary>
    public bool IsInformed
    {
        get
        {
            if (!_hasBeenInformed) _hasBeenInformed = isInformed() || HasWaited();
            return _hasBeenInformed;
        }
    }

    /// <summary>For people and the wire.</summary>
    public string Word => Phase.ToString().ToLowerInvariant();

    public TimeSpan Uptime => time.GetElapsedTime(_started);

    /// <summary>An operator's drain, which an operator can undo.</summary>
    public bool IsDrained
    {
        get => _isDrained;
        set
        {
            _isDrained = value;
            Changed?.Invoke();
        }
    }

    /// <summary>Although its phase is <see cref="NodePhase.Ready"/>, clients should not be sent here at the moment.</summary>
    public bool IsUnready
    {
        get => _isUnready;
        set => _isUnready = value;
    }

    /// <summary>Its listeners are open, and it is not to leave, nor about to give its place to another process.</summary>
    public bool IsServing => _isServing && !_isLeaving && !_isGivingWay;

    /// <summary>Another process is about to take its place: its configuration stays as it is.</summary>
    public bool IsGivingWay
    {
        get => _isGivingWay;
        set => _isGivingWay = value;
    }

    /// <summary>Its listeners are to open, and have not yet.</summary>
    public bool IsStarting => !_isServing && !_isLeaving;

    /// <summary>It goes for good.</summary>
    public bool IsLeaving => _isLeaving;

    /// <summary>Its listeners are open.</summary>
    public void Serve()
    {
        _isServing = true;
        Changed?.Invoke();
    }

    /// <summary>For good.</summary>
    public void Leave()
    {
        _isLeaving = true;
        Changed?.Invoke();
    }

    private bool HasWaited()
    {
        if (Volatile.Read(ref _couldAskAt) == 0 && canAsk()) Interlocked.CompareExchange(ref _couldAskAt, time.GetTimestamp(), 0);
        return Uptime > s_mostPatience
            || (Volatile.Read(ref _couldAskAt) is not 0 and var since && time.GetElapsedTime(since) > s_patience);
    }
}
