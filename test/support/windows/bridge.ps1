# One question to the test's process, and its answer: a line of JSON each way.
function Invoke-Bridge {
  param([Parameter(Mandatory)] [hashtable] $Question)
  $address, $port = $env:STUB_BRIDGE -split ':'
  $client = [System.Net.Sockets.TcpClient]::new($address, [int]$port)
  try {
    $stream = $client.GetStream()
    $octets = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $Question -Depth 5 -Compress) + "`n")
    $stream.Write($octets, 0, $octets.Length)
    [System.IO.StreamReader]::new($stream).ReadToEnd() | ConvertFrom-Json
  } finally { $client.Close() }
}
