using ClusterLb.Faults.History;

namespace ClusterLb.Faults.Trials;

/// <summary>
/// Notices when the machine gives this process no time: then clients' patience runs out while their answers lie there, and that is nobody's
/// fault. A thread of its own, of the highest priority it can have.
/// </summary>
internal sealed class Pulse : IDisposable
{
    private const int Beat = 50;

    /// <summary>Less does not bring any patience to its end.</summary>
    private const double Standstill = 500;

    private readonly ManualResetEvent _stop = new(false);
    private readonly List<(double From, double Until)> _gaps = [];
    private readonly Thread _thread;

    public Pulse(RunClock clock)
    {
        _thread = new Thread(() => Watch(clock)) { IsBackground = true, Name = "pulse", Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    /// <summary>When it stood still, on the run's clock.</summary>
    public IReadOnlyList<(double From, double Until)> Gaps
    {
        get
        {
            lock (_gaps) return [.. _gaps];
        }
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Watch(RunClock clock)
    {
        for (var last = clock.Now; !_stop.WaitOne(Beat);)
        {
            var now = clock.Now;
            if (now - last > Standstill)
            {
                lock (_gaps) _gaps.Add((last, now));
            }

            last = now;
        }
    }
}
