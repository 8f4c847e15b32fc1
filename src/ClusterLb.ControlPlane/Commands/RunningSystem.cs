using Akka.Actor;

namespace ClusterLb.ControlPlane.Commands;

/// <summary>The ActorSystem of this moment, which comes and goes, for those outside of it who ask its actors. Any thread.</summary>
public sealed class RunningSystem
{
    private volatile ActorSystem? _current;
    private volatile bool _hasRun;

    /// <summary>False while one starts, restarts, or is gone.</summary>
    public bool IsRunning => _current is { WhenTerminated.IsCompleted: false };

    /// <summary>One has run: others can be asked what they know.</summary>
    public bool HasRun => _hasRun;

    internal ActorSystem? Current => _current;

    internal void Begin(ActorSystem system) => (_current, _hasRun) = (system, true);

    internal void End() => _current = null;

#pragma warning disable RS0030 // The edge: an operator waits for the answer, with a timeout.
    /// <exception cref="TimeoutException">No answer in time, or no ActorSystem runs.</exception>
    internal async Task<T> AskAsync<T>(Func<ActorSystem, ICanTell> whom, object message, TimeSpan timeout)
    {
        if (_current is not { } system) throw new TimeoutException("the control plane is not running");
        try
        {
            return await whom(system).Ask<T>(message, timeout);
        }
        catch (AskTimeoutException failure)
        {
            throw new TimeoutException("the control plane did not answer in time", failure);
        }
    }
#pragma warning restore RS0030
}
