using ClusterLb.Core.Backends;

namespace ClusterLb.Core.Outcomes;

/// <summary>
/// When a connection could not be made and no other backend is left to try, the same ones may be tried again: a restart takes a moment, and
/// so does a full accept queue. Within the retry rule and its budget, and with pauses that grow (HAProxy's turn-around is one second;
/// decision 0022).
/// </summary>
public static class ReconnectRule
{
    private const int FirstPauseMilliseconds = 250;
    private const int LongestPauseMilliseconds = 1_000;

    /// <param name="outcome">Of the last try.</param>
    /// <param name="state">Of its backend: one that the cluster holds for down will not be there in a moment.</param>
    public static bool Allows(in Outcome outcome, EffectiveState state) =>
        outcome is { Side: Side.Upstream, Stage: Stage.Connect, Retry: Retryability.Always } && state != EffectiveState.Down;

    /// <param name="round">Which it is, from 1.</param>
    public static int PauseMilliseconds(int round) =>
        round <= 1 ? FirstPauseMilliseconds : LongestPauseMilliseconds;
}
