Daniel espera invitados.
Daniel busca una bolsa blanca en la biblioteca a las 9.
Simon está enfermo y pinta un cuadro en el parque.
Sara repara un coche a las 10.
La mujer es joven y bebe leche en la oficina.
La madre come una banana con Thomas en el hospital.
Maria escribe una carta en la oficina.
Martin trabaja como artista.
Viktor bebe zumo con Peter en el restaurante.
La madre no escribe un libro en el restaurante.
Simon adora las melodías.
Julia escucha música en la escuela a las 6.
Sara compra un reloj en la cocina a las 8.
La mujer escribe un libro en el restaurante.
El maestro cocina pescado en el mercado.
Anna extraña a un amigo.
Julia lava una bicicleta a las 8.
La madre pierde todo.
Martin no está en el hotel.
El maestro está enfermo y lava una taza verde en el parque.
Martin come arroz a las 6.
El conductor escucha música en el museo.
Simon escribe un poema con Anna en la oficina.
Sara trabaja como mecánica.
Anna está enferma y canta una canción en el hospital.
Simon no escribe un poema con Thomas en la oficina a las 8.
Martin es rico.
Thomas compra café a las 8.
David escucha música a las 8.
El hombre es viejo y busca un libro en el jardín.
El doctor es rico.
Simon pinta un cuadro en la biblioteca a las 10.
Nina está sana y come una banana en la cocina.
Lena compra leche en la biblioteca a las 7.
Anna compra un periódico en el hotel.
Peter está en el parque.
Lena cocina sopa en el museo a las 9.
Robert pinta un mapa en la oficina.
David adora el arte.
Sara trabaja como vendedora.
La cantante no está en la cocina.
El maestro no repara una bicicleta con Julia esta noche.
Lena no pinta un cuadro en el museo.
Julia está enferma y escucha música en el museo.
Thomas vende té en el mercado hoy.
El estudiante no pinta un cuadro en la biblioteca a las 5.
Maria está en el parque.
Eva bebe leche en el museo a las 11.
La madre compra un coche con Viktor en el restaurante a las 7.
El hombre pierde todo.
Laura está feliz y cocina pescado en la oficina.
El conductor lee una carta en el hotel a las 11.
Peter busca un mapa con Laura a las 11.
Anna está sana y ve una película en la escuela.
El doctor no escribe una carta en el parque a las 7.
Robert pierde todo.
Robert pinta un cuadro con Simon en el mercado a las 5.
La cantante lava una bicicleta negra con Eva en el parque.
La cantante lleva una caja azul con Martin en la escuela.
Lena está sana y cocina pescado en la cocina.
