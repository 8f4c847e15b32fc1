namespace ClusterLb.DataPlane.Transport;

/// <summary>
/// A connection over another one that changes what goes through it. Waits, deadlines and closing are its own and work as for any other; of
/// the one inside it uses only what moves bytes now. A kind of it says how bytes change: <see cref="Connection.ReceiveNow"/> and
/// <see cref="Connection.SendNow"/>, over <see cref="Inner"/>'s.
/// </summary>
internal abstract class WrappingConnection : Connection
{
    /// <param name="inner">Nobody else's from here on.</param>
    protected WrappingConnection(Connection inner) : base(inner.Loop)
    {
        (Inner, Peer) = (inner, inner.Peer);
        inner.Wrapper = this;
    }

    protected Connection Inner { get; }

    /// <summary>Something was received inside that was not taken here yet.</summary>
    protected abstract bool HasMore { get; }

    public override bool MayReceive => HasMore || Inner.MayReceive;

    public override bool PeerHasClosed => Inner.PeerHasClosed;

    public override bool IsBroken => Inner.IsBroken;

    public override bool IsQuietNow() => !HasMore && Inner.IsQuietNow();

    public override void ShutdownSend() => Inner.ShutdownSend();

    protected internal override void ArmRead() => Inner.ArmRead();

    protected internal override void ArmWrite() => Inner.ArmWrite();

    protected override void CloseNow(bool abort)
    {
        if (abort) Inner.Abort();
        else Inner.Close();
    }
}
