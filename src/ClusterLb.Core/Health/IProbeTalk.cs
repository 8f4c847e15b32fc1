namespace ClusterLb.Core.Health;

/// <summary>
/// One side of one check's conversation: what is said, and what the answers mean. It decides and moves no bytes. One object per check;
/// called where the transport lives, one call at a time, so it must not block.
/// </summary>
public interface IProbeTalk
{
    /// <summary>Said once connected; empty = the backend speaks first.</summary>
    ReadOnlyMemory<byte> Opening { get; }

    /// <summary>Hears what came and was not taken yet. It need not be whole: the next call has it again, and more.</summary>
    /// <param name="isLast">The backend has closed its side: nothing more will come.</param>
    ProbeTurn Hear(ReadOnlySpan<byte> received, bool isLast);
}

/// <summary>What a talk makes of what it heard.</summary>
public readonly record struct ProbeTurn
{
    /// <summary>How many bytes it is done with: they do not come again, and make room.</summary>
    public int Taken { get; private init; }

    /// <summary>Said next; behind a result, as a farewell.</summary>
    public ReadOnlyMemory<byte> Words { get; private init; }

    /// <summary>Null = it goes on.</summary>
    public CheckResult? Result { get; private init; }

    /// <summary>Behind the result nothing is to come from the backend, or nothing that it would mind to find unread.</summary>
    public bool HangsUp { get; private init; }

    /// <summary>Waits for more.</summary>
    public static ProbeTurn More(int taken = 0) => new() { Taken = taken };

    /// <summary>Says something and waits for the answer.</summary>
    public static ProbeTurn Say(ReadOnlyMemory<byte> words, int taken) => new() { Words = words, Taken = taken };

    /// <summary>
    /// Is content, and reads on until the backend closes: one that is hung up on in the middle of its answer sees a broken pipe, with every
    /// check.
    /// </summary>
    public static ProbeTurn Done(bool passed, string reason, ReadOnlyMemory<byte> farewell = default) =>
        new() { Result = new CheckResult(passed, reason), Words = farewell };

    /// <summary>Is content, and closes: the backend would wait for more questions.</summary>
    public static ProbeTurn HangUp(bool passed, string reason) => new() { Result = new CheckResult(passed, reason), HangsUp = true };
}
