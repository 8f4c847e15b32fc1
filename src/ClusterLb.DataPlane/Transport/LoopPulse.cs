namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// Asks a loop whether it still turns. At most one question is on its way, and an answer
/// holds for a while, so that whoever asks often costs the loop nothing. Any thread.
/// </summary>
internal sealed class LoopPulse(EventLoop loop)
{
    private static readonly TimeSpan s_answerHolds = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private TaskCompletionSource? _asked;
    private long? _answeredAt;
    private long _askedAt;

    public string Name => loop.Name;

    /// <summary>Put to the loop so far.</summary>
    public int Questions { get; private set; }

    /// <summary>False when it has not answered within the patience, counted from when the question was put, by whomever.</summary>
    public async Task<bool> AnswersAsync(TimeSpan patience, TimeProvider time)
    {
        Task answer;
        TimeSpan left;
        lock (_lock)
        {
            if (_asked is null && _answeredAt is { } answeredAt && time.GetElapsedTime(answeredAt) < s_answerHolds) return true;
            if (_asked is null) Ask(time);
            (answer, left) = (_asked!.Task, patience - time.GetElapsedTime(_askedAt));
        }

        if (left > TimeSpan.Zero) await answer.WaitAsync(left, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return answer.IsCompleted;
    }

    private void Ask(TimeProvider time)
    {
        _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _askedAt = time.GetTimestamp();
        Questions++;
        loop.Post(_ => Answer(time), null);
    }

    private void Answer(TimeProvider time)
    {
        lock (_lock)
        {
            _answeredAt = time.GetTimestamp();
            _asked!.SetResult();
            _asked = null;
        }
    }
}
