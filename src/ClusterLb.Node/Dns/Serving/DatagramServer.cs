namespace ClusterLb.Node.Dns.Serving;

/// <summary>Answers over UDP, on a thread of its own that waits in the kernel and allocates nothing for an answer.</summary>
internal sealed class DatagramServer : IDisposable
{
    /// <summary>Longer ones are no queries.</summary>
    private const int MostQueryBytes = 4_096;

    private readonly IDatagrams _port;
    private readonly Responder _responder;
    private volatile NetworkBuckets _buckets;
    private readonly DnsCounts _counts;
    private readonly Action<Exception> _onFault;
    private readonly Thread _thread;

    /// <param name="port">Its own from here on.</param>
    /// <param name="buckets">Its own.</param>
    /// <param name="counts">Of what is no datagram that can be read.</param>
    /// <param name="onFault">Hears of bugs; the next datagram is answered all the same.</param>
    public DatagramServer(IDatagrams port, Responder responder, NetworkBuckets buckets, DnsCounts counts, Action<Exception> onFault)
    {
        (_port, _responder, _buckets, _counts, _onFault) = (port, responder, buckets, counts, onFault);
        _thread = new Thread(Serve) { IsBackground = true, Name = "dns" };
        _thread.Start();
    }

    /// <summary>Goes by these from the next datagram on; its own.</summary>
    public NetworkBuckets Buckets
    {
        set => _buckets = value;
    }

    public void Dispose()
    {
        _port.Close();
        _thread.Join();
        _port.Dispose();
    }

    private void Serve()
    {
        var (query, response) = (new byte[MostQueryBytes], new byte[Messages.ResponseWriter.MostUdpBytes]);
        while (true)
        {
            try
            {
                var length = _port.Receive(query);
                if (length < 0) _counts.AddMalformed();
                else if (_responder.AnswerDatagram(query.AsSpan(0, length), _port.Sender, _buckets, response) is var answer and > 0)
                    _port.Answer(response.AsSpan(0, answer));
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception fault)
            {
                _onFault(fault);
            }
        }
    }
}
