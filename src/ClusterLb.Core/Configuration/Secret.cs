namespace ClusterLb.Core.Configuration;

/// <summary>
/// A text that nobody is shown: not by a log, a message, <c>status</c> or a fingerprint, from which it could be guessed offline. All that
/// is told is whether there is one. Whoever needs the text itself asks for it by name.
/// </summary>
/// <param name="Plain">The text itself; empty = none.</param>
public readonly record struct Secret(string Plain)
{
    public bool IsNone => string.IsNullOrEmpty(Plain);

    public override string ToString() => IsNone ? "" : "***";

    public static implicit operator Secret(string plain) => new(plain);
}
