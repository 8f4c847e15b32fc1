using ClusterLb.DataPlane.Transport;

namespace ClusterLb.DataPlane.Requests;

/// <summary>How long the next piece of a body is waited for, and how much of it there may be. Used on its loop.</summary>
internal interface IBodyLimits
{
    /// <summary>Waits for the sender, and lets others have their turn before. <see cref="MessageEnd.More"/>, or why not.</summary>
    LoopTask<MessageEnd> WaitAsync();

    /// <summary>So many bytes of content more were taken. <see cref="MessageEnd.More"/>, or <see cref="MessageEnd.TooLarge"/>.</summary>
    MessageEnd Took(long count);
}
