namespace ClusterLb.DataPlane.Listeners;

/// <summary>
/// One owner of an address and its connections here, those in front that were looked at longest ago. Of a <see cref="ClientTable"/>.
/// </summary>
internal sealed class ClientAddress(ulong owner)
{
    // Among the addresses with as many connections.
    internal ClientAddress? Previous;
    internal ClientAddress? Next;

    internal ClientConnection? First;
    internal ClientConnection? Last;

    public ulong Owner => owner;

    public int Count { get; private set; }

    public void Add(ClientConnection client)
    {
        client.Address = this;
        Count++;
        Append(client);
    }

    public void Remove(ClientConnection client)
    {
        client.Address = null;
        Count--;
        Unlink(client);
    }

    public void MoveLast(ClientConnection client)
    {
        Unlink(client);
        Append(client);
    }

    private void Append(ClientConnection client)
    {
        (client.Previous, client.Next) = (Last, null);
        if (Last is null) First = client;
        else Last.Next = client;
        Last = client;
    }

    private void Unlink(ClientConnection client)
    {
        if (client.Previous is null) First = client.Next;
        else client.Previous.Next = client.Next;
        if (client.Next is null) Last = client.Previous;
        else client.Next.Previous = client.Previous;
        (client.Previous, client.Next) = (null, null);
    }
}
